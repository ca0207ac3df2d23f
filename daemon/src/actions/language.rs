//! The languages to translate into, by ISO 639-1 code or by name.

use hob_protocol::Error;

use super::spec::invalid;

/// Code and English name, which models understand best.
const LANGUAGES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("eu", "Basque"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("ga", "Irish"),
    ("gl", "Galician"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("is", "Icelandic"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("ms", "Malay"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("sw", "Swahili"),
    ("ta", "Tamil"),
    ("th", "Thai"),
    ("tl", "Tagalog"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

/// The English name of the language meant by the option.
pub(super) fn english_name(option: Option<&str>) -> Result<&'static str, Error> {
    let wanted = option.map(str::trim).filter(|language| !language.is_empty());
    let wanted =
        wanted.ok_or_else(|| invalid("language", "missing: a name or code, such as German or de".to_owned()))?;
    let is_meant =
        |(code, name): &&(&str, &str)| wanted.eq_ignore_ascii_case(code) || wanted.eq_ignore_ascii_case(name);
    LANGUAGES.iter().find(is_meant).map(|(_, name)| *name).ok_or_else(|| {
        let alike = super::alike(wanted, LANGUAGES.iter().map(|(_, name)| *name));
        let advice = match alike.as_slice() {
            [] => "use a name or code, such as German or de".to_owned(),
            names => format!("did you mean {}?", names.join(" or ")),
        };
        invalid("language", format!("no language `{wanted}` is known; {advice}"))
    })
}

/// The ISO 639-1 code of a language by its English name.
pub(super) fn code_of(name: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(_, known)| *known == name).map(|(code, _)| *code)
}

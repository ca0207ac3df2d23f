//! The languages to translate into: by their names in English and in themselves, and by the codes of ISO 639, with a country or a script
//! behind them or without.

use hob_protocol::Error;

use super::spec::invalid;

/// Code, English name, which models understand best, and other names.
const LANGUAGES: &[(&str, &str, &[&str])] = &[
    ("af", "Afrikaans", &[]),
    ("am", "Amharic", &["አማርኛ"]),
    ("ar", "Arabic", &["العربية", "عربي"]),
    ("az", "Azerbaijani", &["Azərbaycan", "Azeri"]),
    ("be", "Belarusian", &["Беларуская"]),
    ("bg", "Bulgarian", &["Български"]),
    ("bn", "Bengali", &["বাংলা", "Bangla"]),
    ("bs", "Bosnian", &["Bosanski"]),
    ("ca", "Catalan", &["Català", "Valencian"]),
    ("cs", "Czech", &["Čeština", "česky"]),
    ("cy", "Welsh", &["Cymraeg"]),
    ("da", "Danish", &["Dansk"]),
    ("de", "German", &["Deutsch", "Allemand", "Alemán", "Tedesco"]),
    ("el", "Greek", &["Ελληνικά", "Modern Greek"]),
    ("en", "English", &["Englisch", "Anglais", "Inglés", "Inglese"]),
    ("eo", "Esperanto", &[]),
    ("es", "Spanish", &["Español", "Castellano", "Castilian", "Spanisch", "Espagnol"]),
    ("et", "Estonian", &["Eesti"]),
    ("eu", "Basque", &["Euskara"]),
    ("fa", "Persian", &["فارسی", "Farsi"]),
    ("fi", "Finnish", &["Suomi"]),
    ("fr", "French", &["Français", "Französisch", "Francés", "Francese"]),
    ("ga", "Irish", &["Gaeilge", "Gaelic"]),
    ("gl", "Galician", &["Galego"]),
    ("gu", "Gujarati", &["ગુજરાતી"]),
    ("he", "Hebrew", &["עברית", "iw"]),
    ("hi", "Hindi", &["हिन्दी", "हिंदी"]),
    ("hr", "Croatian", &["Hrvatski"]),
    ("hu", "Hungarian", &["Magyar"]),
    ("hy", "Armenian", &["Հայերեն"]),
    ("id", "Indonesian", &["Bahasa Indonesia", "in"]),
    ("is", "Icelandic", &["Íslenska"]),
    ("it", "Italian", &["Italiano", "Italienisch", "Italien"]),
    ("ja", "Japanese", &["日本語", "Nihongo", "Japanisch", "Japonais"]),
    ("ka", "Georgian", &["ქართული"]),
    ("kk", "Kazakh", &["Қазақша"]),
    ("km", "Khmer", &["ខ្មែរ", "Cambodian"]),
    ("kn", "Kannada", &["ಕನ್ನಡ"]),
    ("ko", "Korean", &["한국어", "조선말", "Koreanisch"]),
    ("la", "Latin", &["Lingua Latina"]),
    ("lb", "Luxembourgish", &["Lëtzebuergesch"]),
    ("lo", "Lao", &["ລາວ"]),
    ("lt", "Lithuanian", &["Lietuvių"]),
    ("lv", "Latvian", &["Latviešu"]),
    ("mk", "Macedonian", &["Македонски"]),
    ("ml", "Malayalam", &["മലയാളം"]),
    ("mn", "Mongolian", &["Монгол"]),
    ("mr", "Marathi", &["मराठी"]),
    ("ms", "Malay", &["Bahasa Melayu", "Bahasa Malaysia"]),
    ("mt", "Maltese", &["Malti"]),
    ("my", "Burmese", &["မြန်မာ", "Myanmar"]),
    ("nb", "Norwegian Bokmål", &["Bokmål"]),
    ("ne", "Nepali", &["नेपाली"]),
    ("nl", "Dutch", &["Nederlands", "Flemish", "Vlaams", "Niederländisch"]),
    ("nn", "Norwegian Nynorsk", &["Nynorsk"]),
    ("no", "Norwegian", &["Norsk"]),
    ("pa", "Punjabi", &["ਪੰਜਾਬੀ", "Panjabi"]),
    ("pl", "Polish", &["Polski", "Polnisch"]),
    ("pt", "Portuguese", &["Português", "Portugiesisch"]),
    ("pt-br", "Brazilian Portuguese", &["Português brasileiro", "Português do Brasil"]),
    ("ro", "Romanian", &["Română", "Moldovan"]),
    ("ru", "Russian", &["Русский", "Russisch"]),
    ("si", "Sinhala", &["සිංහල", "Sinhalese"]),
    ("sk", "Slovak", &["Slovenčina", "slovensky"]),
    ("sl", "Slovenian", &["Slovenščina", "Slovene"]),
    ("sq", "Albanian", &["Shqip"]),
    ("sr", "Serbian", &["Српски", "Srpski"]),
    ("sv", "Swedish", &["Svenska", "Schwedisch"]),
    ("sw", "Swahili", &["Kiswahili"]),
    ("ta", "Tamil", &["தமிழ்"]),
    ("te", "Telugu", &["తెలుగు"]),
    ("th", "Thai", &["ไทย"]),
    ("tl", "Tagalog", &["Filipino", "Pilipino", "fil"]),
    ("tr", "Turkish", &["Türkçe"]),
    ("uk", "Ukrainian", &["Українська"]),
    ("ur", "Urdu", &["اردو"]),
    ("uz", "Uzbek", &["Oʻzbek"]),
    ("vi", "Vietnamese", &["Tiếng Việt"]),
    ("yi", "Yiddish", &["ייִדיש"]),
    ("zh-hant", "Traditional Chinese", &["繁體中文", "zh-tw", "zh-hk", "zh-mo"]),
    (
        "zh",
        "Chinese",
        &["中文", "汉语", "漢語", "Mandarin", "Simplified Chinese", "简体中文", "Putonghua", "Chinesisch"],
    ),
    ("zu", "Zulu", &["isiZulu"]),
];
/// Codes of three letters, old ones among them, with those of two.
const LONG_CODES: &[(&str, &str)] = &[
    ("afr", "af"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("bul", "bg"),
    ("ben", "bn"),
    ("bos", "bs"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cze", "cs"),
    ("cym", "cy"),
    ("wel", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ger", "de"),
    ("ell", "el"),
    ("gre", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("spa", "es"),
    ("est", "et"),
    ("eus", "eu"),
    ("baq", "eu"),
    ("fas", "fa"),
    ("per", "fa"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("gle", "ga"),
    ("glg", "gl"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("arm", "hy"),
    ("ind", "id"),
    ("isl", "is"),
    ("ice", "is"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kat", "ka"),
    ("geo", "ka"),
    ("kaz", "kk"),
    ("khm", "km"),
    ("kan", "kn"),
    ("kor", "ko"),
    ("lat", "la"),
    ("ltz", "lb"),
    ("lao", "lo"),
    ("lit", "lt"),
    ("lav", "lv"),
    ("mkd", "mk"),
    ("mac", "mk"),
    ("mal", "ml"),
    ("mon", "mn"),
    ("mar", "mr"),
    ("msa", "ms"),
    ("may", "ms"),
    ("mlt", "mt"),
    ("mya", "my"),
    ("bur", "my"),
    ("nob", "nb"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("dut", "nl"),
    ("nno", "nn"),
    ("nor", "no"),
    ("pan", "pa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rum", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slo", "sk"),
    ("slv", "sl"),
    ("sqi", "sq"),
    ("alb", "sq"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("swa", "sw"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tha", "th"),
    ("tgl", "tl"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zho", "zh"),
    ("chi", "zh"),
    ("cmn", "zh"),
    ("zul", "zu"),
];

/// The English name of the language meant by the option.
pub(super) fn english_name(option: Option<&str>) -> Result<&'static str, Error> {
    let wanted = option.map(str::trim).filter(|language| !language.is_empty());
    let wanted =
        wanted.ok_or_else(|| invalid("language", "missing: a name or code, such as German or de".to_owned()))?;
    find(wanted).ok_or_else(|| {
        let names = LANGUAGES.iter().flat_map(|(_, name, others)| std::iter::once(name).chain(*others));
        let likest = super::alike(wanted, names.copied().filter(|name| name.len() > 3)).into_iter().next();
        let advice = likest.map_or_else(
            || "use a name or code, such as German or de".to_owned(),
            |name| format!("did you mean {name}?"),
        );
        invalid("language", format!("no language `{wanted}` is known; {advice}"))
    })
}

/// The ISO 639-1 code of a language by its English name.
pub(super) fn code_of(name: &str) -> Option<&'static str> {
    let (code, ..) = LANGUAGES.iter().find(|(_, known, _)| *known == name)?;
    Some(code.split_once('-').map_or(*code, |(code, _)| code))
}

/// "Deutsch", "pt_BR.UTF-8", "zh-Hant-TW", "English (US)": what is most exactly meant, and else the language without what is more.
fn find(wanted: &str) -> Option<&'static str> {
    let wanted = wanted.to_lowercase().replace('_', "-");
    let wanted = wanted.split(['(', '.', '@']).next().unwrap_or_default().trim();
    let subtags: Vec<&str> = wanted.split('-').collect();
    let shorter = (1..subtags.len()).rev().map(|length| subtags[..length].join("-"));
    // A script says more than the country behind it, and stands before it.
    let mut tags = std::iter::once(wanted.to_owned()).chain(shorter);
    tags.find_map(|tag| named(&tag)).or_else(|| {
        // "Swiss German", "American English", "Latin American Spanish".
        let (_, language) = wanted.rsplit_once(' ')?;
        named(language)
    })
}

fn named(wanted: &str) -> Option<&'static str> {
    let long = LONG_CODES.iter().find(|(long, _)| *long == wanted).map(|(_, code)| *code);
    let wanted = long.unwrap_or(wanted);
    let is_meant = |code: &str, name: &str, others: &[&str]| {
        code == wanted || name.to_lowercase() == wanted || others.iter().any(|other| other.to_lowercase() == wanted)
    };
    LANGUAGES.iter().find(|(code, name, others)| is_meant(code, name, others)).map(|(_, name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::{LANGUAGES, LONG_CODES, code_of, english_name};

    #[test]
    fn a_language_is_meant_by_any_usual_name() {
        for (wanted, expected) in [
            ("German", "German"),
            ("de", "German"),
            (" Deutsch ", "German"),
            ("DEUTSCH", "German"),
            ("deu", "German"),
            ("ger", "German"),
            ("de-AT", "German"),
            ("de_CH.UTF-8", "German"),
            ("Swiss German", "German"),
            ("français", "French"),
            ("Français (Canada)", "French"),
            ("pt", "Portuguese"),
            ("pt-PT", "Portuguese"),
            ("pt_BR", "Brazilian Portuguese"),
            ("Brazilian Portuguese", "Brazilian Portuguese"),
            ("zh", "Chinese"),
            ("zh-CN", "Chinese"),
            ("zh-Hans-CN", "Chinese"),
            ("zh-TW", "Traditional Chinese"),
            ("zh-Hant-HK", "Traditional Chinese"),
            ("Mandarin", "Chinese"),
            ("日本語", "Japanese"),
            ("Farsi", "Persian"),
            ("nb", "Norwegian Bokmål"),
            ("norsk", "Norwegian"),
            ("American English", "English"),
            ("en-US", "English"),
            ("Latin American Spanish", "Spanish"),
            ("castellano", "Spanish"),
            ("українська", "Ukrainian"),
        ] {
            assert_eq!(english_name(Some(wanted)).ok(), Some(expected), "{wanted}");
        }
    }

    #[test]
    fn what_is_no_language_is_said_with_what_is_like_it() {
        for (wanted, advice) in [
            ("Germn", "no language `Germn` is known; did you mean German?"),
            ("Deutch", "no language `Deutch` is known; did you mean Deutsch"),
            ("Klingon", "no language `Klingon` is known; use a name or code, such as German or de"),
            ("xx", "no language `xx` is known; "),
        ] {
            let error = format!("{:?}", english_name(Some(wanted)).unwrap_err());
            assert!(error.contains(advice), "{error}");
        }
        assert!(english_name(None).is_err() && english_name(Some("  ")).is_err());
    }

    #[test]
    fn each_name_means_one_language() {
        let mut names: Vec<String> = LANGUAGES
            .iter()
            .flat_map(|(code, name, others)| [code, name].into_iter().chain(*others).map(|name| name.to_lowercase()))
            .collect();
        // The long code of Lao is its name.
        names.extend(LONG_CODES.iter().filter(|(long, _)| *long != "lao").map(|(long, _)| (*long).to_owned()));
        names.sort_unstable();
        let doubled = names.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(doubled, None);
        assert!(LONG_CODES.iter().all(|(_, code)| LANGUAGES.iter().any(|(known, ..)| known == code)));
        assert_eq!((code_of("Brazilian Portuguese"), code_of("Norwegian Bokmål")), (Some("pt"), Some("nb")));
    }
}

//! The language of an answer. Only where there is enough text to tell, and never between languages that are easily mistaken for each other.

use whatlang::{Detector, Lang, Script};

use super::super::language::code_of;
use super::words::words;
use super::{Doubt, dates, mixture, negation, orders};

/// Fewer letters say too little.
const LETTERS: usize = 30;
/// The least confidence of the detector that counts.
const CONFIDENCE: f64 = 0.8;
/// Share of the words, in percent, that a translation may have in common with its text.
const IN_COMMON: usize = 80;

/// Languages that even people take for each other in a short text.
const RELATED: [&[Lang]; 9] = [
    &[Lang::Dan, Lang::Nob, Lang::Swe],
    &[Lang::Spa, Lang::Por, Lang::Cat, Lang::Ita, Lang::Fra, Lang::Ron, Lang::Lat],
    &[Lang::Ces, Lang::Slk, Lang::Pol, Lang::Slv, Lang::Hrv],
    &[Lang::Rus, Lang::Ukr, Lang::Bel, Lang::Bul, Lang::Srp, Lang::Mkd],
    &[Lang::Ind, Lang::Jav, Lang::Tgl],
    &[Lang::Nld, Lang::Afr, Lang::Deu],
    &[Lang::Tur, Lang::Aze, Lang::Uzb, Lang::Tuk],
    &[Lang::Hin, Lang::Mar, Lang::Nep],
    &[Lang::Est, Lang::Fin],
];

pub(super) fn check_same(text: &str, answer: &str) -> Option<Doubt> {
    if let (Some(before), Some(after)) = (script(text), script(answer))
        && before != after
    {
        return Some(Doubt::Language);
    }
    let are_others = || {
        let languages = detected(text).zip(detected(answer));
        languages.is_some_and(|(before, after)| !are_related(before, after))
    };
    let is_other = has_new_letters(text, answer)
        || are_others()
        || mixture::has_other_than_text(text, answer)
        || mixture::has_become_english(text, answer)
        || has_become_foreign(text, answer);
    is_other.then_some(Doubt::Language)
}

/// Some of the answer is in letters that are not Latin, of which the text has none: it was told to say something in another language.
fn has_new_letters(text: &str, answer: &str) -> bool {
    const FEW: usize = 2;
    let others = |text: &str| text.chars().filter(|letter| letter.is_alphabetic() && *letter >= '\u{370}').count();
    let is_latin = |text: &str| others(text) == 0 && text.chars().any(char::is_alphabetic);
    is_latin(text) && others(&answer.replace(['µ', 'π', 'Ω', 'α', 'β'], "")) >= FEW
}

/// English notes of a few words have become sentences of another language.
fn has_become_foreign(text: &str, answer: &str) -> bool {
    let (told, Some(code)) = (mixture::told_alone(text), mixture::told_by(&words(answer))) else { return false };
    let Some(language) = lang(code).filter(|language| *language != Lang::Eng && told.is_none()) else { return false };
    text.is_ascii() && Detector::with_allowlist(vec![language, Lang::Eng]).detect_lang(text) == Some(Lang::Eng)
}

/// `target` is the English name of the language asked for.
pub(super) fn check_translated(target: &str, text: &str, answer: &str) -> Option<Doubt> {
    let code = code_of(target);
    let target = code.and_then(lang);
    if let (Some(target), Some(found)) = (target, detected(answer))
        && !(target == found || are_related(target, found) && detected(text) != Some(found))
    {
        return Some(if detected(text) == Some(found) { Doubt::Untranslated } else { Doubt::Language });
    }
    if target.is_some_and(is_latin) && has_new_letters(text, answer) {
        return Some(Doubt::Language);
    }
    let (target_is_latin, answer_script) = (target.map(is_latin), script(answer));
    if let (Some(is_latin), Some(found)) = (target_is_latin, answer_script)
        && is_latin != (found == Script::Latin)
    {
        return Some(Doubt::Language);
    }
    let already = target.is_some() && detected(text) == target;
    if !already && is_the_text_itself(text, answer) {
        return Some(Doubt::Untranslated);
    }
    let code = code?;
    if mixture::is_mixed(code, text, answer) || code != "en" && dates::names_english_day(answer) {
        return Some(Doubt::Language);
    }
    if orders::is_untold(text, answer) {
        return Some(Doubt::Order);
    }
    negation::is_untold(code, text, answer).then_some(Doubt::Wording)
}

/// A few words may be the same in both languages.
fn is_the_text_itself(text: &str, answer: &str) -> bool {
    const FEW: usize = 2;
    let (before, after) = (words(text), words(answer));
    let common = after.iter().filter(|word| before.contains(word)).count();
    before.len() > FEW && common * 100 >= after.len() * IN_COMMON
}

/// The English name of the language, if it is sure to be another than English.
pub(super) fn foreign(text: &str) -> Option<&'static str> {
    surely_foreign(text).or_else(|| foreign_notes(text)).or_else(|| in_other_letters(text))
}

/// Whatever is not in Latin letters is foreign, also where it may be one of two languages.
fn in_other_letters(text: &str) -> Option<&'static str> {
    let is_latin = script(text).is_none_or(|script| script == Script::Latin);
    whatlang::detect(text).filter(|_| !is_latin).map(|found| name(found.lang()))
}

/// As models know it.
fn name(lang: Lang) -> &'static str {
    if lang == Lang::Cmn { "Chinese" } else { lang.eng_name() }
}

/// Notes of a few words, by their small words or by letters that English has not. Of a name nobody can tell.
fn foreign_notes(text: &str) -> Option<&'static str> {
    const LIKELY: [Lang; 7] = [Lang::Eng, Lang::Deu, Lang::Fra, Lang::Spa, Lang::Ita, Lang::Por, Lang::Nld];
    let told = mixture::told_alone(text);
    let is_foreign = |word: &str| word.starts_with(char::is_lowercase) && !word.is_ascii();
    let is_likely = told.is_some_and(|code| code != "en")
        || told.is_none()
            && text.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).any(is_foreign);
    let language = Detector::with_allowlist(LIKELY.to_vec()).detect_lang(text).filter(|_| is_likely)?;
    (language != Lang::Eng && told.is_none_or(|code| lang(code) == Some(language))).then(|| name(language))
}

fn surely_foreign(text: &str) -> Option<&'static str> {
    let found = whatlang::detect(text)?;
    let is_enough = prose(text).is_some() && found.is_reliable();
    let is_sure = || is_enough || mixture::told_alone(text).and_then(lang) == Some(found.lang());
    (found.lang() != Lang::Eng && is_sure()).then(|| name(found.lang()))
}

/// German writes every noun as others write names. Of a few words nobody can be sure.
pub(super) fn is_german(text: &str) -> bool {
    mixture::told_alone(text) == Some("de")
}

pub(super) fn may_be_german(text: &str) -> bool {
    whatlang::detect(text).is_some_and(|found| found.lang() == Lang::Deu)
}

fn detected(text: &str) -> Option<Lang> {
    let found = whatlang::detect(&prose(text)?)?;
    (found.is_reliable() || found.confidence() >= CONFIDENCE).then(|| found.lang())
}

/// What a language can be told by, if it is enough.
fn prose(text: &str) -> Option<String> {
    // Links and code are in no language.
    let prose: Vec<&str> = text.split_whitespace().filter(|word| !word.contains(['/', '@', '`', '_'])).collect();
    let prose = prose.join(" ");
    (prose.chars().filter(|letter| letter.is_alphabetic()).count() >= LETTERS).then_some(prose)
}

/// The script of most letters, if there are a few.
fn script(text: &str) -> Option<Script> {
    const FEW: usize = 4;
    (text.chars().filter(|letter| letter.is_alphabetic()).count() >= FEW)
        .then(|| whatlang::detect_script(text))
        .flatten()
        // Japanese mixes three.
        .map(|script| if matches!(script, Script::Hiragana | Script::Katakana) { Script::Mandarin } else { script })
}

fn are_related(a: Lang, b: Lang) -> bool {
    a == b || RELATED.iter().any(|group| group.contains(&a) && group.contains(&b))
}

fn is_latin(lang: Lang) -> bool {
    !matches!(
        lang,
        Lang::Amh
            | Lang::Ara
            | Lang::Bel
            | Lang::Ben
            | Lang::Bul
            | Lang::Cmn
            | Lang::Ell
            | Lang::Guj
            | Lang::Heb
            | Lang::Hin
            | Lang::Hye
            | Lang::Jpn
            | Lang::Kan
            | Lang::Kat
            | Lang::Khm
            | Lang::Kor
            | Lang::Mal
            | Lang::Mar
            | Lang::Mkd
            | Lang::Mya
            | Lang::Nep
            | Lang::Pan
            | Lang::Pes
            | Lang::Rus
            | Lang::Sin
            | Lang::Srp
            | Lang::Tam
            | Lang::Tel
            | Lang::Tha
            | Lang::Ukr
            | Lang::Urd
            | Lang::Yid
    )
}

/// By the ISO 639-1 code; `None` for languages the detector does not know.
fn lang(code: &str) -> Option<Lang> {
    const CODES: [(&str, Lang); 67] = [
        ("af", Lang::Afr),
        ("am", Lang::Amh),
        ("ar", Lang::Ara),
        ("az", Lang::Aze),
        ("be", Lang::Bel),
        ("bg", Lang::Bul),
        ("bn", Lang::Ben),
        ("ca", Lang::Cat),
        ("cs", Lang::Ces),
        ("cy", Lang::Cym),
        ("da", Lang::Dan),
        ("de", Lang::Deu),
        ("el", Lang::Ell),
        ("en", Lang::Eng),
        ("eo", Lang::Epo),
        ("es", Lang::Spa),
        ("et", Lang::Est),
        ("fa", Lang::Pes),
        ("fi", Lang::Fin),
        ("fr", Lang::Fra),
        ("gu", Lang::Guj),
        ("he", Lang::Heb),
        ("hi", Lang::Hin),
        ("hr", Lang::Hrv),
        ("hu", Lang::Hun),
        ("hy", Lang::Hye),
        ("id", Lang::Ind),
        ("it", Lang::Ita),
        ("ja", Lang::Jpn),
        ("ka", Lang::Kat),
        ("km", Lang::Khm),
        ("kn", Lang::Kan),
        ("ko", Lang::Kor),
        ("la", Lang::Lat),
        ("lt", Lang::Lit),
        ("lv", Lang::Lav),
        ("mk", Lang::Mkd),
        ("ml", Lang::Mal),
        ("mr", Lang::Mar),
        ("my", Lang::Mya),
        ("nb", Lang::Nob),
        ("ne", Lang::Nep),
        ("nl", Lang::Nld),
        ("nn", Lang::Nob),
        ("no", Lang::Nob),
        ("pa", Lang::Pan),
        ("pl", Lang::Pol),
        ("pt", Lang::Por),
        ("ro", Lang::Ron),
        ("ru", Lang::Rus),
        ("si", Lang::Sin),
        ("sk", Lang::Slk),
        ("sl", Lang::Slv),
        ("sr", Lang::Srp),
        ("sv", Lang::Swe),
        ("ta", Lang::Tam),
        ("te", Lang::Tel),
        ("th", Lang::Tha),
        ("tl", Lang::Tgl),
        ("tr", Lang::Tur),
        ("uk", Lang::Ukr),
        ("ur", Lang::Urd),
        ("uz", Lang::Uzb),
        ("vi", Lang::Vie),
        ("yi", Lang::Yid),
        ("zh", Lang::Cmn),
        ("zu", Lang::Zul),
    ];
    CODES.iter().find(|(known, _)| *known == code).map(|(_, lang)| *lang)
}

#[cfg(test)]
mod tests {
    use super::foreign;

    #[test]
    fn the_language_of_a_few_notes_is_told() {
        for (notes, expected) in [
            ("besprechung verschoben auf do, beamer kaputt, bitte laptop mitbringen", Some("German")),
            ("réunion lundi 14h, salle B12, apporter contrat", Some("French")),
            ("mañana cita con el médico, llevar tarjeta", Some("Spanish")),
            ("сколько ног у паука и почему он плетет паутину", Some("Russian")),
            ("请帮我写一封信", Some("Chinese")),
            ("plumber tue 8am, bring key, neighbour Mrs Lind has spare", None),
            ("meet Zoë at the café on mon", None),
            ("server down since 4:10, disk full", None),
            ("Zoë Müller", None),
        ] {
            assert_eq!(foreign(notes), expected, "{notes}");
        }
    }
}

//! Language codes that a loaded model knows.

use hob_protocol::engine::Failure;
use whisper_rs::{get_lang_id, get_lang_str};

/// Languages of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Languages {
    English,
    /// So many, by the order of whisper.cpp's table.
    Many(i32),
}

impl Languages {
    /// The vocabulary is all that tells how many languages a model has: its tokens follow those of the text, then 8 of other kinds and
    /// 1,501 time stamps come.
    pub(crate) fn of(is_multilingual: IsMultilingual, vocabulary: i32) -> Self {
        const TOKENS_WITHOUT_LANGUAGES: i32 = 51_766;
        match is_multilingual {
            IsMultilingual::No => Self::English,
            IsMultilingual::Yes => Self::Many(vocabulary - TOKENS_WITHOUT_LANGUAGES),
        }
    }

    /// The languages that may be spoken, from a code, or several with commas between them. None stands for all that the model knows.
    pub(crate) fn choose(self, wanted: Option<&str>) -> Result<Spoken, Failure> {
        let codes = wanted.into_iter().flat_map(|wanted| wanted.split(','));
        let mut chosen = codes.map(|code| self.find(code.trim())).collect::<Result<Vec<_>, _>>()?;
        chosen.dedup();
        Ok(match (self, chosen.as_slice()) {
            (Self::English, []) => Spoken::Known("en"),
            (_, [only]) => Spoken::Known(only),
            (Self::Many(count), []) => Spoken::OneOf((0..count).filter_map(get_lang_str).collect()),
            _ => Spoken::OneOf(chosen),
        })
    }

    fn find(self, wanted: &str) -> Result<&'static str, Failure> {
        let unknown = || Failure::UnknownLanguage { language: wanted.to_owned() };
        let (id, code) = find(wanted).ok_or_else(unknown)?;
        let known = match self {
            Self::English => code == "en",
            Self::Many(count) => id < count,
        };
        if known { Ok(code) } else { Err(unknown()) }
    }
}

/// What is known of the language before anything is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Spoken {
    Known(&'static str),
    /// To be detected among these.
    OneOf(Vec<&'static str>),
}

/// The likeliest of the candidates. A short stretch says little about its language: unless it is sure, what was `spoken_before` still is.
pub(crate) fn likeliest(
    likely: &[f32],
    candidates: &[&'static str],
    spoken_before: Option<&'static str>,
    voiced_s: f64,
) -> &'static str {
    /// Of all likelihood that the candidates have.
    const SURE: f32 = 0.8;
    const LONG_ENOUGH_S: f64 = 3.0;
    let likelihood = |code: &str| {
        let id = get_lang_id(code).and_then(|id| usize::try_from(id).ok());
        id.and_then(|id| likely.get(id)).copied().unwrap_or(0.0)
    };
    let all: f32 = candidates.iter().map(|code| likelihood(code)).sum();
    let best = candidates.iter().copied().max_by(|one, other| likelihood(one).total_cmp(&likelihood(other)));
    let best = best.unwrap_or("en");
    match spoken_before.filter(|before| candidates.contains(before)) {
        Some(before) if voiced_s < LONG_ENOUGH_S && likelihood(best) < SURE * all => before,
        _ => best,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IsMultilingual {
    Yes,
    No,
}

/// whisper.cpp also takes full names and dies of embedded zeros; only its codes are let through.
fn find(code: &str) -> Option<(i32, &'static str)> {
    let plain = !code.is_empty() && code.bytes().all(|letter| letter.is_ascii_lowercase());
    let id = if plain { get_lang_id(code)? } else { return None };
    get_lang_str(id).filter(|known| *known == code).map(|known| (id, known))
}

/// Languages written without blanks between words, so that joined texts need none either.
pub(crate) fn is_written_without_blanks(code: &str) -> bool {
    matches!(code, "zh" | "yue" | "ja" | "th" | "lo" | "my" | "km" | "bo")
}

#[cfg(test)]
mod tests {
    use super::{IsMultilingual, Languages, Spoken, likeliest};

    #[test]
    fn codes_are_checked_against_the_model() {
        let base = Languages::of(IsMultilingual::Yes, 51_865);
        let large_v3 = Languages::of(IsMultilingual::Yes, 51_866);
        let english = Languages::of(IsMultilingual::No, 51_864);
        for (languages, wanted, expected) in [
            (base, Some("de"), Ok(Spoken::Known("de"))),
            (base, Some("su"), Ok(Spoken::Known("su"))),
            (base, Some("de, en"), Ok(Spoken::OneOf(vec!["de", "en"]))),
            (base, Some("de,de"), Ok(Spoken::Known("de"))),
            (base, Some("de,"), Err(())),
            (base, Some("yue"), Err(())),
            (large_v3, Some("yue"), Ok(Spoken::Known("yue"))),
            (base, Some("german"), Err(())),
            (base, Some("DE"), Err(())),
            (base, Some("d\0e"), Err(())),
            (base, Some(""), Err(())),
            (base, Some("auto"), Err(())),
            (english, None, Ok(Spoken::Known("en"))),
            (english, Some("en"), Ok(Spoken::Known("en"))),
            (english, Some("en,de"), Err(())),
        ] {
            assert_eq!(languages.choose(wanted).map_err(|_| ()), expected, "{wanted:?}");
        }
        let Ok(Spoken::OneOf(all)) = base.choose(None) else { panic!("base knows many languages") };
        assert_eq!((all.len(), all.contains(&"en"), all.contains(&"yue")), (99, true, false));
    }

    #[test]
    fn language_is_the_likeliest_of_those_allowed_and_stays_when_a_short_word_could_be_either() {
        // whisper.cpp's numbers: en 0, zh 1, de 2, es 3.
        let likely = [0.1, 0.5, 0.25, 0.15];
        let any = ["en", "zh", "de", "es"];
        for (candidates, before, voiced_s, expected) in [
            (any.as_slice(), None, 1.0, "zh"),
            (&["en", "de"], None, 1.0, "de"),
            (&["en", "de"], Some("en"), 1.0, "en"),
            (&["en", "de"], Some("es"), 1.0, "de"),
            (&["en", "de"], Some("en"), 5.0, "de"),
            (&["de"], Some("en"), 1.0, "de"),
        ] {
            assert_eq!(likeliest(&likely, candidates, before, voiced_s), expected, "{candidates:?} {before:?}");
        }
        assert_eq!(likeliest(&[0.95, 0.0, 0.05], &["en", "de"], Some("de"), 1.0), "en");
    }
}

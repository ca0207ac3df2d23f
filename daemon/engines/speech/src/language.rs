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

    /// The language to use, or `None` to detect it.
    pub(crate) fn choose(self, wanted: Option<&str>) -> Result<Option<&'static str>, Failure> {
        let Some(wanted) = wanted else {
            return Ok(if self == Self::English { Some("en") } else { None });
        };
        let unknown = || Failure::UnknownLanguage { language: wanted.to_owned() };
        let (id, code) = find(wanted).ok_or_else(unknown)?;
        let known = match self {
            Self::English => code == "en",
            Self::Many(count) => id < count,
        };
        if known { Ok(Some(code)) } else { Err(unknown()) }
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
    use super::{IsMultilingual, Languages};

    #[test]
    fn codes_are_checked_against_the_model() {
        let base = Languages::of(IsMultilingual::Yes, 51_865);
        let large_v3 = Languages::of(IsMultilingual::Yes, 51_866);
        let english = Languages::of(IsMultilingual::No, 51_864);
        for (languages, wanted, expected) in [
            (base, None, Ok(None)),
            (base, Some("de"), Ok(Some("de"))),
            (base, Some("su"), Ok(Some("su"))),
            (base, Some("yue"), Err(())),
            (large_v3, Some("yue"), Ok(Some("yue"))),
            (base, Some("german"), Err(())),
            (base, Some("DE"), Err(())),
            (base, Some("d\0e"), Err(())),
            (base, Some(""), Err(())),
            (base, Some("auto"), Err(())),
            (english, None, Ok(Some("en"))),
            (english, Some("en"), Ok(Some("en"))),
            (english, Some("de"), Err(())),
        ] {
            assert_eq!(languages.choose(wanted).map_err(|_| ()), expected, "{wanted:?}");
        }
    }
}

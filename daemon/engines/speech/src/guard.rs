//! Is a result to be believed? Whisper loops, babbles over noise and skips; a window that is too short makes it worse. Pure.

use std::collections::HashSet;

use crate::decode::{Decoded, Endless};
use crate::language::is_written_without_blanks;
use crate::vad::Presence;

/// Letters that may be said without voice: voice activity detection may miss half of a short word.
const SLACK: f64 = 12.0;

/// Why a result should be tried again with the full window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    Repetition,
    Compressible,
    TooFast,
    TooSlow,
    Endless,
}

/// Below this, most of the speech is missing from the text: while somebody has voice, an alphabet has 10 and more.
pub(crate) const LEAST_LETTERS_PER_SECOND: f64 = 6.0;

/// `voiced_s`: seconds of voice in what was recognised.
pub(crate) fn doubt(decoded: &Decoded, voiced_s: f64) -> Option<Doubt> {
    /// Who says a sentence twice takes twice the time for it.
    const MANY_LETTERS_PER_SECOND: f64 = 18.0;
    /// Shorter speech says little about its rate.
    const LONG_ENOUGH_S: f64 = 2.5;

    let said_twice = is_doubled(&decoded.tokens) && letters(decoded) > SLACK + MANY_LETTERS_PER_SECOND * voiced_s;
    if decoded.endless == Endless::Yes {
        Some(Doubt::Endless)
    } else if repeats(&decoded.tokens) || said_twice {
        Some(Doubt::Repetition)
    } else if compresses(&decoded.tokens) {
        Some(Doubt::Compressible)
    } else if !could_be_said(decoded, voiced_s) {
        Some(Doubt::TooFast)
    } else if voiced_s > LONG_ENOUGH_S && letters_per_second(decoded, voiced_s) < LEAST_LETTERS_PER_SECOND {
        Some(Doubt::TooSlow)
    } else {
        None
    }
}

/// Whether the text should count as heard at all. Whisper makes a text of any noise, but an unlikely one. Its token for no speech is no
/// help: whisper.cpp reads its probability where it is always near 0.
///
/// Over the recordings used for measuring, base gave noise and music log probabilities below -1 at first, speech in loud noise -0.9.
pub(crate) fn is_speech(decoded: &Decoded, presence: Presence) -> bool {
    match presence {
        // Notes of music and lone punctuation.
        _ if letters(decoded) < 1.0 => false,
        Presence::None => false,
        Presence::Doubtful => decoded.logprob > -0.7,
        Presence::Sure => decoded.logprob > -1.3,
    }
}

/// Whether so much text fits into so many seconds of voice.
pub(crate) fn could_be_said(decoded: &Decoded, voiced_s: f64) -> bool {
    /// Fast talkers reach 25 letters a second.
    const MOST_LETTERS_PER_SECOND: f64 = 32.0;
    decoded.endless == Endless::No && letters(decoded) <= SLACK + MOST_LETTERS_PER_SECOND * voiced_s
}

/// As an alphabet would have them: Chinese has 3 to 5 characters a second.
pub(crate) fn letters_per_second(decoded: &Decoded, voiced_s: f64) -> f64 {
    let has_letters = !is_written_without_blanks(decoded.language) && decoded.language != "ko";
    letters(decoded) * if has_letters { 1.0 } else { 4.0 } / voiced_s
}

pub(crate) fn letters(decoded: &Decoded) -> f64 {
    decoded.text.chars().filter(|letter| letter.is_alphanumeric()).count() as f64
}

pub(crate) fn is_loop(decoded: &Decoded) -> bool {
    decoded.endless == Endless::Yes || repeats(&decoded.tokens) || compresses(&decoded.tokens)
}

/// The same phrase again and again, without a pause.
fn repeats(tokens: &[i32]) -> bool {
    /// Tokens of the longest phrase looked for.
    const LONGEST: usize = 16;
    (1..=LONGEST).any(|period| {
        let most = longest_run(tokens, period);
        // "No, no, no, no" is speech.
        most >= if period == 1 { 8 } else { (3 * period).max(9) }
    })
}

/// Whether the text is what came before it, once more. Somebody may say the same twice; then it is found again without the prompt.
pub(crate) fn repeats_prompt(tokens: &[i32], prompt: &[i32]) -> bool {
    /// "Thank you" may follow on "thank you".
    const LEAST: usize = 4;
    /// The rest of the text does not make its beginning any truer.
    const ENOUGH: usize = 8;
    let beginning = &tokens[..tokens.len().min(ENOUGH)];
    beginning.len() >= LEAST && prompt.windows(beginning.len()).any(|window| window == beginning)
}

/// The same sentence twice, and nothing else.
fn is_doubled(tokens: &[i32]) -> bool {
    let (first, second) = tokens.split_at(tokens.len() / 2);
    first.len() >= 4 && first == second
}

/// The longest stretch in which every token equals the one `period` before it.
fn longest_run(tokens: &[i32], period: usize) -> usize {
    let (mut run, mut longest) = (0, 0);
    for index in period..tokens.len() {
        run = if tokens[index] == tokens[index - period] { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Few different groups of three tokens: what a compressor would make small.
fn compresses(tokens: &[i32]) -> bool {
    const ENOUGH: usize = 30;
    const LEAST_DIFFERENT: f64 = 0.5;
    let groups = tokens.windows(3);
    let all = groups.len();
    let different = groups.collect::<HashSet<_>>().len();
    all >= ENOUGH && (different as f64) < LEAST_DIFFERENT * all as f64
}

#[cfg(test)]
mod tests {
    use super::{Doubt, doubt, is_speech, letters_per_second, repeats_prompt};
    use crate::decode::{Decoded, Endless};
    use crate::vad::Presence;

    #[test]
    fn doubtful_results_are_told_from_good_ones() {
        let different: Vec<i32> = (0..60).collect();
        let loops: Vec<i32> = [1, 2, 3].repeat(5);
        let twice = [&different[..20], &[99], &different[..20]].concat();
        let good = decoded("forty letters make a sentence of speech here", &different);
        for (case, voiced_s, expected) in [
            (good.clone(), 3.0, None),
            (good.clone(), 0.5, Some(Doubt::TooFast)),
            (good.clone(), 14.0, Some(Doubt::TooSlow)),
            (Decoded { language: "zh", ..good.clone() }, 14.0, None),
            (Decoded { language: "zh", ..good.clone() }, 50.0, Some(Doubt::TooSlow)),
            (decoded("no no no no", &[7; 4]), 2.0, None),
            (decoded("no", &[7; 9]), 2.0, Some(Doubt::Repetition)),
            (decoded("and then and then", &loops), 2.0, Some(Doubt::Repetition)),
            (decoded("a long story that comes back, as long a story as it was", &twice), 7.0, None),
            (decoded("only its beginning was heard", &different), 7.0, Some(Doubt::TooSlow)),
            (decoded("the same sentence. the same sentence.", &[1, 2, 3, 4, 1, 2, 3, 4]), 2.0, None),
            (decoded("the same sentence. the same sentence.", &[1, 2, 3, 4, 1, 2, 3, 4]), 0.8, Some(Doubt::Repetition)),
            (decoded("a long story that comes back", &twice.repeat(2)), 9.0, Some(Doubt::Compressible)),
            (Decoded { endless: Endless::Yes, ..good }, 3.0, Some(Doubt::Endless)),
            (decoded("", &[]), 1.0, None),
            (decoded("", &[]), 3.0, Some(Doubt::TooSlow)),
        ] {
            assert_eq!(doubt(&case, voiced_s), expected, "{case:?} in {voiced_s} s");
        }
    }

    #[test]
    fn letters_count_as_many_as_an_alphabet_would_have() {
        for (language, text, expected) in [("en", "ten letters", 5.0), ("zh", "是是是", 6.0), ("ko", "네네네", 6.0)]
        {
            let rate: f64 = letters_per_second(&Decoded { language, ..decoded(text, &[]) }, 2.0);
            assert!((rate - expected).abs() < 1e-9, "{text}: {rate}");
        }
    }

    #[test]
    fn text_that_repeats_the_prompt_is_noticed() {
        let prompt: Vec<i32> = (0..20).collect();
        for (tokens, expected) in [
            ((12..20).collect::<Vec<i32>>(), true),
            ((5..11).collect(), true),
            ((12..20).chain(30..40).collect(), true),
            ((17..20).collect(), false),
            ((30..40).chain(12..20).collect(), false),
            (vec![], false),
        ] {
            assert_eq!(repeats_prompt(&tokens, &prompt), expected, "{tokens:?}");
        }
    }

    #[test]
    fn text_counts_by_how_sure_ear_and_decoder_are() {
        for (presence, logprob, expected) in [
            (Presence::None, -0.1, false),
            (Presence::Doubtful, -0.3, true),
            (Presence::Doubtful, -0.8, false),
            (Presence::Sure, -0.8, true),
            (Presence::Sure, -2.0, false),
        ] {
            let decoded = Decoded { logprob, ..decoded("words", &[1]) };
            assert_eq!(is_speech(&decoded, presence), expected, "{presence:?} {logprob}");
        }
        assert!(!is_speech(&decoded("♪ ♪ ...", &[1, 1, 2]), Presence::Sure));
        assert!(is_speech(&decoded("是", &[1]), Presence::Sure));
    }

    fn decoded(text: &str, tokens: &[i32]) -> Decoded {
        Decoded { text: text.to_owned(), language: "en", tokens: tokens.to_vec(), logprob: -0.2, endless: Endless::No }
    }
}

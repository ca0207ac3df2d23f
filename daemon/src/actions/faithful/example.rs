//! What an action's examples say is said by none of its results: small models repeat them where they find little in the text.

use super::Doubt;
use super::words::{akin, own_words, sentences, words};

/// Shorter sentences may be said of many texts.
const SHORTEST: usize = 4;

/// `examples` are the answers in them.
pub(in super::super) fn check<'a>(examples: impl Iterator<Item = &'a str>, text: &str, answer: &str) -> Option<Doubt> {
    let said: Vec<Vec<String>> = sentences(answer).map(words).filter(|sentence| sentence.len() >= SHORTEST).collect();
    let known = words(text);
    // A text may be like that of an example.
    let is_of_text = |sentence: &str| {
        let own = own_words(sentence);
        own.iter().filter(|word| known.iter().any(|other| akin(word, other))).count() * 2 >= own.len()
    };
    let is_repeated = |sentence: &str| said.contains(&words(sentence)) && !is_of_text(sentence);
    examples.flat_map(sentences).any(is_repeated).then_some(Doubt::Wording)
}

/// Nor is what a model was told to mind.
pub(in super::super) fn check_advice(advice: &str, text: &str, answer: &str) -> Option<Doubt> {
    let (said, known) = (words(answer), words(text));
    let stands_in = |told: &[String], words: &[String]| words.windows(told.len()).any(|part| part == told);
    let mut told = sentences(advice).map(words).filter(|told| told.len() >= SHORTEST - 1);
    told.any(|told| stands_in(&told, &said) && !stands_in(&told, &known)).then_some(Doubt::Reply)
}

#[cfg(test)]
mod tests {
    use super::{check, check_advice};
    use crate::actions::faithful::Doubt;

    #[test]
    fn a_sentence_of_an_example_is_not_repeated() {
        let example = "Please write a funny speech for Dad. It has to be ready by Saturday.";
        for (text, answer, expected) in [
            ("poem, funny", "Please write a funny poem. It has to be ready by Saturday.", Some(Doubt::Wording)),
            ("poem, funny", "Please write a funny poem.", None),
            ("ready by saturday", "It has to be ready by Saturday.", None),
        ] {
            assert_eq!(check([example].into_iter(), text, answer), expected, "{answer}");
        }
    }

    #[test]
    fn advice_is_not_repeated() {
        let advice = Doubt::Numbers.advice("");
        let answer = "Please keep every number exactly as it is, and add none.";
        assert_eq!(check_advice(&advice, "明天下午三点开会", answer), Some(Doubt::Reply));
        assert_eq!(check_advice(&advice, "明天下午三点开会", "Tomorrow we meet at three."), None);
        assert_eq!(check_advice(&advice, "keep every number exactly as it is and add none", answer), None);
    }
}

//! What a model will probably write next, read off the text it works on: an edit repeats most of it. Pure; the guesses cost time
//! where they are wrong and change nothing else, because each is compared with what the model chooses.

use std::ops::Range;

use llama_cpp_2::token::LlamaToken;

/// The longest run of written tokens that is looked for in the text.
const LONGEST_RUN: usize = 4;
/// A single token says little: it only counts within so many tokens of where the text was left.
const NEAR: usize = 12;
/// A token more in a decode costs so much of a decode of its own; a guess less likely than that is not worth its place. Where weights are
/// read once for all tokens (`hob-engine-matrix`), sixteen take twice as long as one.
const WORTH: f64 = if cfg!(vnni) { 0.1 } else { 0.5 };
/// Guesses looked back on; older ones count for less and less.
const MEMORY: f64 = 32.0;
/// Believed of guesses before there are any.
const FIRST_BELIEF: f64 = 0.85;

/// Guesses for one answer.
#[derive(Debug)]
pub(crate) struct Drafter {
    text: Vec<LlamaToken>,
    /// Where the answer is in the text.
    place: usize,
    right: f64,
    made: f64,
    /// Tokens in one guess at the most; 0 makes none.
    longest: usize,
}

impl Drafter {
    pub(crate) fn new(text: &[LlamaToken], longest: usize) -> Self {
        let made = MEMORY / 4.0;
        Self { text: text.to_vec(), place: 0, right: FIRST_BELIEF * made, made, longest }
    }

    /// The tokens that may follow `written`.
    pub(crate) fn guess(&mut self, written: &[LlamaToken], room: usize) -> &[LlamaToken] {
        let length = self.length().min(self.longest).min(room);
        match self.find(written) {
            Some(place) if length > 0 => {
                self.place = place;
                &self.text[place..self.text.len().min(place + length)]
            }
            _ => &[],
        }
    }

    /// Of a guess of `made` tokens, the first `right` were.
    pub(crate) fn learn(&mut self, made: usize, right: usize) {
        // What stands behind a wrong token was never put to the test.
        let tried = made.min(right + 1) as f64;
        let keep = 1.0 - tried.min(MEMORY) / MEMORY;
        self.right = self.right * keep + right as f64;
        self.made = self.made * keep + tried;
        self.place += right;
    }

    /// As many tokens as are all right often enough. Never none, so that a text that goes astray for a while can come back.
    fn length(&self) -> usize {
        let belief = (self.right / self.made).clamp(0.01, 0.99);
        ((WORTH.ln() / belief.ln()) as usize).max(1)
    }

    /// Behind the longest run of tokens that ends what is written and stands in the text, the one nearest to the last place.
    fn find(&self, written: &[LlamaToken]) -> Option<usize> {
        (1..=LONGEST_RUN.min(written.len())).rev().find_map(|run| {
            let end = &written[written.len() - run..];
            let places = if run == 1 { self.near() } else { run..self.text.len() };
            places.filter(|place| self.text[..*place].ends_with(end)).min_by_key(|place| place.abs_diff(self.place + 1))
        })
    }

    fn near(&self) -> Range<usize> {
        let first = self.place.saturating_sub(NEAR / 4).max(1);
        first..self.text.len().min(self.place + NEAR).max(first)
    }
}

#[cfg(test)]
mod tests {
    use llama_cpp_2::token::LlamaToken;
    use proptest::prelude::*;

    use super::Drafter;

    fn tokens(numbers: &[i32]) -> Vec<LlamaToken> {
        numbers.iter().copied().map(LlamaToken).collect()
    }

    fn guess(drafter: &mut Drafter, written: &[i32]) -> Vec<i32> {
        drafter.guess(&tokens(written), 99).iter().map(|token| token.0).collect()
    }

    #[test]
    fn what_was_written_is_found_in_the_text_and_goes_on_there() {
        let mut drafter = Drafter::new(&tokens(&[1, 2, 3, 4, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]), 3);
        assert_eq!(guess(&mut drafter, &[1]), [2, 3, 4]);
        assert_eq!(guess(&mut drafter, &[4, 1, 2]), [5, 6, 7], "the longest run decides");
        drafter.learn(3, 3);
        assert_eq!(guess(&mut drafter, &[99, 8]), [9, 10, 11], "a single token near the last place");
        assert_eq!(guess(&mut drafter, &[99, 1]), [0; 0], "and not one far from it");
        assert_eq!(guess(&mut drafter, &[99]), [0; 0]);
        assert_eq!(drafter.guess(&tokens(&[7, 8]), 1), tokens(&[9]), "no more than there is room for");
    }

    #[test]
    fn guesses_become_longer_while_they_are_right_and_shorter_when_not() {
        let text: Vec<i32> = (1..200).collect();
        let mut drafter = Drafter::new(&tokens(&text), 32);
        let first = guess(&mut drafter, &[1]).len();
        for at in 1..6 {
            let made = guess(&mut drafter, &[at * 16, at * 16 + 1]).len();
            drafter.learn(made, made);
        }
        let later = guess(&mut drafter, &[100, 101]).len();
        assert!(first > 2 && later > 2 * first, "{first} {later}");
        for _ in 0..40 {
            let made = guess(&mut drafter, &[100, 101]).len();
            drafter.learn(made, 0);
        }
        assert_eq!(guess(&mut drafter, &[100, 101]).len(), 1);
    }

    proptest! {
        #[test]
        fn guesses_come_from_the_text(
            text in prop::collection::vec(0i32..6, 0..40),
            written in prop::collection::vec(0i32..6, 0..12),
            outcomes in prop::collection::vec((0usize..9, 0usize..9), 0..6),
        ) {
            let mut drafter = Drafter::new(&tokens(&text), 8);
            for (made, right) in outcomes {
                let guessed = guess(&mut drafter, &written);
                prop_assert!(guessed.len() <= 8);
                prop_assert!(guessed.is_empty() || text.windows(guessed.len()).any(|window| window == guessed));
                let made = made.min(guessed.len());
                drafter.learn(made, right.min(made));
            }
        }
    }
}

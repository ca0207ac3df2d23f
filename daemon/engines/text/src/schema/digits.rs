//! How a number comes to its end where not every number will do: a multiple of another one, or one that is not zero.

use llguidance::Matcher;
use llguidance::toktrie::TokenId;

const DIGITS: &[u8] = b"0123456789";
/// What may stand behind a number.
const BEHIND: &[u8] = b",}]";
/// Digits that are looked at together. Of any two, one is there that makes a multiple of what is less than a hundred.
const FAR: usize = 2;

/// A digit that ends the number, or leads to one that does.
pub(super) fn leading_to_an_end(here: &Matcher) -> Option<TokenId> {
    (0..FAR).find_map(|further| step(here, further))
}

fn step(here: &Matcher, further: usize) -> Option<TokenId> {
    let words = here.tok_env().ok()?;
    DIGITS.iter().filter_map(|digit| words.tok_trie().token_id(&[*digit])).find(|digit| {
        let mut behind = here.clone();
        // A token that does not fit breaks the copy.
        if here.clone().validate_tokens(&[*digit]).is_ok_and(|count| count == 1) && behind.consume_token(*digit).is_ok()
        {
            if further == 0 { may_end(&mut behind) } else { step(&behind, further - 1).is_some() }
        } else {
            false
        }
    })
}

fn may_end(here: &mut Matcher) -> bool {
    let Ok(words) = here.tok_env() else { return false };
    here.is_accepting().unwrap_or(false)
        || BEHIND
            .iter()
            .filter_map(|byte| words.tok_trie().token_id(&[*byte]))
            .any(|token| here.validate_tokens(&[token]).is_ok_and(|count| count == 1))
}

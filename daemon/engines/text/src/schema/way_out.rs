//! A short way from where an answer is to one that is valid, for answers whose tokens run out. Looks for one by simple rules, close what is
//! open and say as little as the schema allows, and may miss it where patterns or numbers want more thought.

use llama_cpp_2::token::LlamaToken;
use llguidance::Matcher;
use llguidance::toktrie::{TokTrie, TokenId};

use super::digits::leading_to_an_end;
use super::outline::{Outline, Place, Repeated};

/// Between quotation marks, the first that is possible: what closes, and what is short.
const BETWEEN: &[u8] = b"}],: ntf0123456789\"[{-.e+";
/// Inside of them, apart from the mark itself. Years and the like do not begin with 0.
const INSIDE: &[u8] = b"abcdefghijklmnopqrstuvwxyz1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:@/_ +,;!?#$%&'()*<=>[]^`{|}~";
/// Marks that part what stands beside them, as in an address; each leads on once.
const MARKS: &[u8] = b"@:./-_ ";
/// After so many bytes without an end in sight, none is expected.
const LONGEST_RUN: usize = 80;
/// Tokens that are looked at; more than this is no short way.
const FAR: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WayOut {
    /// These tokens end it.
    Known(Vec<LlamaToken>),
    /// There is one, of more tokens than there may be.
    TooLong,
    Unknown,
}

/// The way from `here`, of `most` tokens at the most.
pub(super) fn way_out(here: &Matcher, mut outline: Outline, most: usize) -> WayOut {
    let Ok(environment) = here.tok_env() else { return WayOut::Unknown };
    let words = environment.tok_trie();
    let mut here = here.clone();
    let mut way = Vec::new();
    let mut run = Run::default();
    while !here.is_stopped() && !here.is_accepting().unwrap_or(false) {
        let Some(next) = next(&mut here, &outline, &mut run, words) else { return WayOut::Unknown };
        if here.is_error() || run.length > LONGEST_RUN || way.len() + next.len() > FAR {
            return WayOut::Unknown;
        }
        if way.len() + next.len() > most {
            return WayOut::TooLong;
        }
        for token in next {
            if here.consume_token(token).is_err() {
                return WayOut::Unknown;
            }
            // Names that are prescribed are what they are.
            let _ = outline.push(words.token(token));
            way.push(LlamaToken(token.cast_signed()));
        }
    }
    if here.is_error() { WayOut::Unknown } else { WayOut::Known(way) }
}

/// Bytes of one text or number that were chosen freely.
#[derive(Debug, Default)]
struct Run {
    length: usize,
    place: Place,
    /// What could have been chosen the last time.
    possible: Vec<u8>,
    marks: Vec<u8>,
}

fn next(here: &mut Matcher, outline: &Outline, run: &mut Run, words: &TokTrie) -> Option<Vec<TokenId>> {
    let forced = here.compute_ff_bytes();
    if !forced.is_empty() {
        let tokens = words.greedy_tokenize(&forced);
        return (here.validate_tokens(&tokens).ok()? == tokens.len()).then_some(tokens);
    }
    let place = outline.place;
    if run.place != place {
        *run = Run { place, ..Run::default() };
    }
    run.length += 1;
    let mut is_possible = |byte: u8| {
        let token = words.token_id(&[byte])?;
        (here.validate_tokens(&[token]).ok()? == 1).then_some(token)
    };
    if place == Place::Between {
        let (byte, token) = BETWEEN.iter().find_map(|byte| Some((byte, is_possible(*byte)?)))?;
        let digit = if byte.is_ascii_digit() { leading_to_an_end(here) } else { None };
        return Some(vec![digit.unwrap_or(token)]);
    }
    let repeats_a_name = outline.clone().push(b"\"") == Err(Repeated::Name);
    if let Some(token) = is_possible(b'"').filter(|_| !repeats_a_name) {
        return Some(vec![token]);
    }
    if let Some(mark) = MARKS.iter().copied().find(|mark| !run.marks.contains(mark) && is_possible(*mark).is_some()) {
        run.marks.push(mark);
        return is_possible(mark).map(|token| vec![token]);
    }
    let possible: Vec<u8> = INSIDE.iter().copied().filter(|byte| is_possible(*byte).is_some()).collect();
    // What was not possible before leads on; more of the same may go on for ever.
    let leads_on = possible.iter().find(|byte| !run.possible.contains(byte)).or(possible.first()).copied();
    run.possible = possible;
    match leads_on {
        Some(byte) => words.token_id(&[byte]).map(|token| vec![token]),
        // Letters of another script.
        None => here.compute_mask().ok()?.iter().next().map(|token| vec![token]),
    }
}

//! What was computed for the beginnings of earlier prompts, outside of the context: the instructions of each action, or a
//! conversation beside another. A state put back lands in the same cells with the same bytes, so that nothing depends on whether it
//! was kept. Sequences of their own inside the context would be cheaper to put back, but each decode would run over the cells of all
//! of them, and where a sequence lies changes how its sums are rounded.

use llama_cpp_2::context::session::SeqState;
use llama_cpp_2::token::LlamaToken;

use crate::adapters::Binding;
use crate::sequence::SHORTEST_KEPT;

/// Of all states together. The instructions of an action take 7 MB with a model of 135M parameters, 13 MB with one of 1.5B.
const MAX_BYTES: usize = 160 << 20;

/// The beginning of a prompt: its tokens, and where the decodes that computed it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Computed {
    pub(crate) tokens: Vec<LlamaToken>,
    pub(crate) ends: Vec<usize>,
    /// The one that was in force.
    pub(crate) adapter: Option<Binding>,
}

impl Computed {
    /// How many tokens of `wanted` are here, computed in the very same steps. How many tokens one step takes changes the results
    /// a little, so that a part of a step is of no use.
    pub(crate) fn shared_with(&self, wanted: &Self) -> usize {
        if self.adapter != wanted.adapter {
            return 0;
        }
        let alike = self.tokens.iter().zip(&wanted.tokens).take_while(|(here, there)| here == there).count();
        let steps = self.ends.iter().zip(&wanted.ends).take_while(|(here, there)| here == there && **here <= alike);
        steps.last().map_or(0, |(end, _)| *end)
    }

    /// The first `length` tokens, if a decode ended there and they are worth keeping.
    pub(crate) fn beginning(&self, length: usize) -> Option<Self> {
        let mut beginning = self.clone();
        beginning.truncate(length);
        (length >= SHORTEST_KEPT && beginning.ends.last() == Some(&length)).then_some(beginning)
    }

    fn begins_with(&self, other: &Self, length: usize) -> bool {
        self.adapter == other.adapter && self.tokens.starts_with(&other.tokens[..length])
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.tokens.truncate(length);
        self.ends.retain(|end| *end <= length);
    }
}

#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) computed: Computed,
    pub(crate) state: SeqState,
}

/// The least recently used goes first.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    /// The last one was used last.
    kept: Vec<Kept>,
}

impl Shelf {
    /// The place of the state that saves most of `wanted`, and how much.
    pub(crate) fn find(&self, wanted: &Computed) -> Option<(usize, usize)> {
        let shared = self.kept.iter().map(|kept| kept.computed.shared_with(wanted)).enumerate();
        shared.max_by_key(|(_, length)| *length).filter(|(_, length)| *length > 0)
    }

    /// Whether the first `length` tokens of this are here.
    pub(crate) fn holds(&self, computed: &Computed, length: usize) -> bool {
        self.kept.iter().any(|kept| kept.computed.begins_with(computed, length))
    }

    /// The state at this place, which is the most recently used one now.
    pub(crate) fn take_up(&mut self, place: usize) -> &Kept {
        self.kept[place..].rotate_left(1);
        self.kept.last().expect("there is one at this place")
    }

    pub(crate) fn put(&mut self, kept: Kept) {
        if kept.state.byte_len() > MAX_BYTES {
            return;
        }
        // What the new one begins with needs no state of its own.
        self.kept.retain(|other| !kept.computed.begins_with(&other.computed, other.computed.tokens.len()));
        self.kept.push(kept);
        while self.bytes() > MAX_BYTES {
            self.kept.remove(0);
        }
    }

    fn bytes(&self) -> usize {
        self.kept.iter().map(|kept| kept.state.byte_len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use llama_cpp_2::token::LlamaToken;

    use super::Computed;

    fn computed(tokens: &[i32], ends: &[usize]) -> Computed {
        Computed { tokens: tokens.iter().copied().map(LlamaToken).collect(), ends: ends.to_vec(), adapter: None }
    }

    #[test]
    fn only_the_same_tokens_in_the_same_steps_count() {
        let here = computed(&[1, 2, 3, 4, 5, 6], &[2, 4, 6]);
        for (tokens, ends, shared) in [
            (&[1, 2, 3, 4, 5, 6][..], &[2, 4, 6][..], 6),
            (&[1, 2, 3, 4, 5, 9], &[2, 4, 6], 4),
            (&[1, 2, 3, 9, 5, 6], &[2, 4, 6], 2),
            (&[9, 2, 3, 4, 5, 6], &[2, 4, 6], 0),
            (&[1, 2, 3, 4, 5, 6], &[2, 5, 6], 2),
            (&[1, 2, 3, 4, 5, 6], &[3, 4, 6], 0),
            (&[1, 2, 3, 4], &[2, 4], 4),
            (&[], &[], 0),
        ] {
            assert_eq!(here.shared_with(&computed(tokens, ends)), shared, "{tokens:?} {ends:?}");
        }
    }

    #[test]
    fn what_another_adapter_made_is_of_no_use() {
        let with = |adapter: Option<&str>| Computed { adapter: adapter.map(Into::into), ..computed(&[1, 2], &[2]) };
        assert_eq!(with(Some("a")).shared_with(&with(Some("a"))), 2);
        for (here, wanted) in [(None, Some("a")), (Some("a"), None), (Some("a"), Some("b"))] {
            assert_eq!(with(here).shared_with(&with(wanted)), 0);
            assert!(!with(here).begins_with(&with(wanted), 2));
        }
    }

    #[test]
    fn a_shorter_beginning_forgets_the_steps_beyond_it() {
        let mut here = computed(&[1, 2, 3, 4, 5], &[2, 4, 5]);
        here.truncate(4);
        assert_eq!(here, computed(&[1, 2, 3, 4], &[2, 4]));
        here.truncate(3);
        assert_eq!(here, computed(&[1, 2, 3], &[2]));
    }
}

//! The sequence the context holds: tokens and, in step with them, their KV cache. What a request has in common with an earlier one
//! at its beginning is not computed again, and what it gets does not depend on that: a prompt is computed in steps that follow from
//! the prompt alone, and only whole steps are taken over.

mod lasting;

use std::rc::Rc;

use hob_protocol::daemon::Sequences;
use hob_protocol::engine::{Adapter, Failure};
use hob_worker::log::debug;
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::session::LlamaStateSeqFlags;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::token::LlamaToken;

use self::lasting::to_keep;
use crate::adapters::{Adapters, Binding};
use crate::prompt::Prompt;
use crate::sampler::Choice;
use crate::shelf::{Computed, Kept, Shelf};
use crate::states::States;

/// Tokens in one decode of a prompt at the most. A decode cannot be interrupted, so this bounds how long a cancel waits. A text of some
/// sixty words, with what stands behind it, is one decode.
pub(crate) const BATCH_TOKENS: usize = 128;
/// A beginning shorter than this is computed sooner than it is put back.
pub(crate) const SHORTEST_KEPT: usize = 32;

/// Numbers of guesses that are tried, down to the first that is right.
const GUESSES: [usize; 3] = [15, 6, 2];

/// How llama.cpp calls the last token of a decode.
const END: i32 = -1;

/// llama.cpp's number of the sequence.
const SEQUENCE: i32 = 0;

pub(crate) struct Sequence {
    context: LlamaContext<'static>,
    batch: LlamaBatch<'static>,
    /// What the KV cache holds. Its ends are those of prompts: what an answer added is not taken over.
    computed: Computed,
    /// The length of what other requests may begin with as well.
    constant: usize,
    shelf: Shelf,
    adapters: Adapters,
    /// What outlives the process.
    states: Option<States>,
    /// Models with a recurrent state can only go on or begin again.
    rewinds: bool,
    under_way: UnderWay,
    /// What a prompt of this model may begin with.
    first_token: LlamaToken,
    /// Tokens that may be guessed at once without an adapter.
    guesses: usize,
}

/// Held by each request as long as it works or was interrupted, so that they can be counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnderWay(Rc<()>);

/// A sequence that made room for a more urgent one.
#[derive(Debug)]
pub(crate) struct Aside {
    kept: Kept,
    constant: usize,
}

/// How a prefill ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefill {
    /// So many tokens were there already.
    Done { cached: usize },
    /// Before it was through; called again, it goes on.
    Interrupted { cached: usize },
}

/// Whether to go on with the next step of a prefill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    On,
    Interrupt,
}

impl Sequence {
    pub(crate) fn new(context: LlamaContext<'static>, model: &'static LlamaModel, states: Option<States>) -> Self {
        let rewinds = !model.is_recurrent() && !model.is_hybrid();
        let bos = model.vocab().bos();
        let first_token = if bos.0 < 0 { LlamaToken(0) } else { bos };
        Self {
            context,
            batch: LlamaBatch::new(BATCH_TOKENS, 1),
            computed: Computed::default(),
            constant: 0,
            shelf: Shelf::default(),
            adapters: Adapters::new(model),
            states: states.filter(|_| rewinds),
            rewinds,
            under_way: UnderWay::default(),
            first_token,
            guesses: 0,
        }
    }

    /// A request begins, and ends when what this returns is dropped.
    pub(crate) fn begin(&self) -> UnderWay {
        self.under_way.clone()
    }

    /// Lets go of what only the request needed that has just ended: its answer, which no other one begins with.
    pub(crate) fn release(&mut self) {
        self.rewind(self.reusable());
    }

    /// What is held, and of how many requests. The KV cache is asked itself.
    pub(crate) fn held(&self) -> Sequences {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let last_place = self.context.kv_cache_seq_pos_max(SEQUENCE);
        Sequences {
            used: count(Rc::strong_count(&self.under_way.0) - 1),
            tokens: u32::try_from(last_place + 1).unwrap_or(0),
            kept: count(self.reusable()),
        }
    }

    /// Tokens at the beginning that later requests may begin with.
    fn reusable(&self) -> usize {
        self.computed.ends.last().copied().unwrap_or(0)
    }

    /// Tokens that fit.
    pub(crate) fn capacity(&self) -> u32 {
        self.context.n_ctx()
    }

    /// Has an adapter loaded, for prompts that are for it. For a new one it is found out what may be guessed with it.
    pub(crate) fn adapter(&mut self, adapter: Option<&Adapter>) -> Result<Option<Binding>, Failure> {
        let Some(adapter) = adapter else { return Ok(None) };
        let binding = self.adapters.load(adapter)?;
        if self.adapters.guesses(&binding).is_none() {
            let guesses = if self.guesses == 0 { 0 } else { self.longest_guess(Some(&binding))? };
            debug(&format!("adapter {}: {guesses} tokens are guessed at once", adapter.name));
            self.adapters.set_guesses(&binding, guesses);
        }
        Ok(Some(binding))
    }

    /// Guessed tokens in one decode at the most, with this adapter or none.
    pub(crate) fn guesses(&self, adapter: Option<&Binding>) -> usize {
        adapter.map_or(self.guesses, |binding| self.adapters.guesses(binding).unwrap_or(0))
    }

    /// Finds out what may be guessed. The first decode also reads the weights from disk and sets up the threads; a request should not
    /// wait for that.
    pub(crate) fn try_guesses(&mut self) -> Result<(), Failure> {
        self.guesses = self.longest_guess(None)?;
        Ok(())
    }

    /// Makes `prompt` the content of the sequence, ready to sample from its end. `step` is asked before every decode.
    pub(crate) fn prefill(
        &mut self,
        prompt: &Prompt,
        mut step: impl FnMut() -> Result<Step, Failure>,
    ) -> Result<Prefill, Failure> {
        let wanted = prompt.computed(BATCH_TOKENS);
        let mut cached = self.take_over(&wanted)?;
        self.adapters.choose(&mut self.context, prompt.adapter.as_ref())?;
        self.computed.adapter.clone_from(&prompt.adapter);
        let beginning = self.states.as_ref().and_then(|_| to_keep(prompt, &wanted));
        // Of a prompt without an end of its own the last step is computed, since what comes after it is to be sampled.
        if let Some(beginning) =
            beginning.as_ref().filter(|beginning| (cached + 1..wanted.tokens.len()).contains(&beginning.tokens.len()))
        {
            cached = self.read_state(beginning)?;
        }
        self.constant = prompt.constant.min(cached);
        for end in wanted.ends.iter().copied().filter(|end| *end > cached) {
            if step()? == Step::Interrupt {
                return Ok(Prefill::Interrupted { cached });
            }
            self.decode(&prompt.tokens[self.computed.tokens.len()..end], Logits::Last)?;
            self.computed.ends.push(end);
            self.constant = prompt.constant.min(end);
            if beginning.as_ref() == Some(&self.computed) {
                self.keep_for_later();
            }
        }
        Ok(Prefill::Done { cached })
    }

    /// Adds tokens of an answer; what comes after each of them can then be sampled.
    pub(crate) fn extend(&mut self, tokens: &[LlamaToken]) -> Result<(), Failure> {
        self.decode(tokens, Logits::Each)
    }

    /// Chooses what comes after the token at this place of the last decode, or at its end.
    pub(crate) fn sample(&self, choice: &mut Choice, place: Option<usize>) -> LlamaToken {
        choice.among_all(&self.context, place.map_or(END, row))
    }

    /// What the model thinks of every token after the one at this place of the last decode.
    pub(crate) fn logits(&self, place: Option<usize>) -> &[f32] {
        self.context.get_logits_ith(place.map_or(self.batch.n_tokens() - 1, row))
    }

    /// Takes back the last tokens of an answer.
    pub(crate) fn take_back(&mut self, count: usize) {
        if count > 0 {
            self.rewind(self.computed.tokens.len() - count);
        }
    }

    /// How many tokens may be guessed at once so that the answer is the same, to the last bit of its probabilities, as if each token
    /// had been decoded by itself. Not all ways to multiply matrices give that: some take several tokens at once, and round them
    /// in another way. The model is asked itself, with its adapter, which brings matrices of its own.
    fn longest_guess(&mut self, adapter: Option<&Binding>) -> Result<usize, Failure> {
        let token = self.first_token;
        self.displace(0)?;
        self.clear();
        self.adapters.choose(&mut self.context, adapter)?;
        self.extend(&[token])?;
        let first = self.context.get_logits_ith(0).to_vec();
        let mut longest = 0;
        for guesses in if self.rewinds { &GUESSES[..] } else { &[] } {
            self.clear();
            self.extend(&vec![token; guesses + 1])?;
            // Where groups of tokens are taken together, the first one is in a group, and the last one may be left over.
            let last = self.context.get_logits_ith(row(*guesses)).to_vec();
            if self.context.get_logits_ith(0) != first {
                continue;
            }
            self.take_back(1);
            self.extend(&[token])?;
            if self.context.get_logits_ith(0) == last {
                longest = *guesses;
                break;
            }
        }
        self.clear();
        Ok(longest)
    }

    /// Begins again with nothing.
    pub(crate) fn clear(&mut self) {
        // Of one sequence, which leaves the memory as it is; the other call writes zeros over all of it.
        if !matches!(self.context.clear_kv_cache_seq(Some(SEQUENCE.cast_unsigned()), None, None), Ok(true)) {
            self.context.clear_kv_cache();
        }
        self.computed = Computed::default();
        self.constant = 0;
    }

    /// Makes room for another request; [`Self::bring_back`] continues this one as if nothing had been.
    pub(crate) fn set_aside(&mut self) -> Result<Aside, Failure> {
        let kept = self.keep()?;
        let constant = self.constant;
        Ok(Aside { kept, constant })
    }

    pub(crate) fn bring_back(&mut self, aside: &Aside) -> Result<(), Failure> {
        self.displace(0)?;
        self.put_back(&aside.kept)?;
        self.constant = aside.constant;
        Ok(())
    }

    /// Puts as much as is known of `wanted` into the sequence, and returns how much that is: never all, because what comes after the
    /// last token is known only right after its decode.
    fn take_over(&mut self, wanted: &Computed) -> Result<usize, Failure> {
        let mut all_but_the_end = wanted.clone();
        all_but_the_end.ends.pop();
        let here = self.computed.shared_with(&all_but_the_end);
        let here = if self.rewinds || here == self.computed.tokens.len() { here } else { 0 };
        match self.shelf.find(&all_but_the_end) {
            Some((_, there)) if there > here && self.rewinds => {
                self.displace(here)?;
                let mut states = std::mem::take(&mut self.shelf);
                // Putting this one there may have moved the other, or even driven it out.
                let outcome = match states.find(&all_but_the_end) {
                    Some((place, _)) => self.put_back(states.take_up(place)),
                    None => Ok(()),
                };
                self.shelf = states;
                outcome?;
                let there = self.computed.shared_with(&all_but_the_end);
                Ok(self.rewind(there))
            }
            _ => {
                self.displace(here)?;
                Ok(self.rewind(here))
            }
        }
    }

    /// Puts on the shelf what others may begin with, before it is shortened to `length`.
    fn displace(&mut self, length: usize) -> Result<(), Failure> {
        if self.constant <= length || self.constant < SHORTEST_KEPT || !self.rewinds {
            return Ok(());
        }
        if !self.shelf.holds(&self.computed, self.constant) {
            self.rewind(self.constant);
            let kept = self.keep()?;
            self.shelf.put(kept);
        }
        Ok(())
    }

    fn keep(&self) -> Result<Kept, Failure> {
        let state = self.context.state_seq_get(SEQUENCE, LlamaStateSeqFlags::empty()).map_err(not_kept)?;
        Ok(Kept { computed: self.computed.clone(), state })
    }

    fn put_back(&mut self, kept: &Kept) -> Result<(), Failure> {
        self.clear();
        if !kept.computed.tokens.is_empty() {
            self.context.state_seq_set(&kept.state, SEQUENCE).map_err(not_kept)?;
        }
        self.computed = kept.computed.clone();
        self.adapters.choose(&mut self.context, kept.computed.adapter.as_ref())
    }

    /// Shortens the sequence to its first `length` tokens. Returns how many really remain.
    fn rewind(&mut self, length: usize) -> usize {
        if length == self.computed.tokens.len() {
            return length;
        }
        let from = u32::try_from(length).expect("a context of less than 2^31 tokens");
        if matches!(self.context.clear_kv_cache_seq(Some(SEQUENCE.cast_unsigned()), Some(from), None), Ok(true)) {
            self.computed.truncate(length);
            self.constant = self.constant.min(length);
        } else {
            self.clear();
        }
        self.computed.tokens.len()
    }

    fn decode(&mut self, tokens: &[LlamaToken], logits: Logits) -> Result<(), Failure> {
        self.batch.clear();
        for (index, token) in tokens.iter().enumerate() {
            let position =
                i32::try_from(self.computed.tokens.len() + index).expect("a context of less than 2^31 tokens");
            let wants_logits = logits == Logits::Each || index + 1 == tokens.len();
            self.batch
                .add(*token, position, &[SEQUENCE], wants_logits)
                .expect("callers pass no more than the batch was made for");
        }
        if let Err(error) = self.context.decode(&mut self.batch) {
            self.clear();
            return Err(Failure::Inference { problem: format!("the model could not be run: {error}") });
        }
        self.computed.tokens.extend_from_slice(tokens);
        Ok(())
    }
}

/// How llama.cpp counts tokens of a decode.
fn row(place: usize) -> i32 {
    i32::try_from(place).expect("a decode of no more than a batch")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Logits {
    Last,
    Each,
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn not_kept(error: llama_cpp_2::StateSeqError) -> Failure {
    Failure::Inference { problem: format!("the state of the model could not be moved: {error}") }
}

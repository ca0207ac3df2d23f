//! What of the sequence outlives the process: put away for later ones, and taken over from earlier ones.

use hob_protocol::engine::Failure;
use hob_worker::Leisure;
use llama_cpp_2::context::session::LlamaStateSeqFlags;

use super::{BATCH_TOKENS, SEQUENCE, Sequence};
use crate::prompt::Prompt;
use crate::shelf::Computed;

impl Sequence {
    /// Whether all of it is here or on the shelf, where a request that begins with it finds it, or could be read from the disk.
    pub(crate) fn make_ready(&mut self, prompt: &Prompt) -> Result<bool, Failure> {
        let wanted = prompt.computed(BATCH_TOKENS);
        let length = wanted.tokens.len();
        let there = self.shelf.find(&wanted).map_or(0, |(_, length)| length);
        if self.computed.shared_with(&wanted).max(there) == length {
            return Ok(true);
        }
        match to_keep(prompt, &wanted) {
            Some(beginning) if beginning.tokens.len() == length && self.read_state(&beginning)? == length => {
                self.constant = length;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Puts on the disk what was computed for later processes, as long as nothing else is to be done.
    pub(crate) fn write_states(&mut self, leisure: &Leisure<'_>) {
        if let Some(states) = &mut self.states {
            states.write(|| leisure.lasts());
        }
    }

    /// Puts what an earlier process has computed into the sequence, if there is something of use. Returns how many tokens are in it then.
    #[expect(unsafe_code, reason = "the safe variant takes only what this very process has computed")]
    pub(super) fn read_state(&mut self, beginning: &Computed) -> Result<usize, Failure> {
        let Some(states) = &self.states else { return Ok(self.computed.tokens.len()) };
        let Some(state) = states.read(beginning) else { return Ok(self.computed.tokens.len()) };
        self.displace(0)?;
        self.clear();
        // SAFETY: the checksum of the file says that these are the bytes that `keep_for_later` of this very program got from a context of the
        // same model, and `read` that they are of these tokens.
        let fits = unsafe { self.context.state_seq_set_data_ext(&state, SEQUENCE, LlamaStateSeqFlags::empty()) };
        if fits {
            self.computed = beginning.clone();
        } else {
            self.clear();
            self.states.iter().for_each(|states| states.forget(beginning));
        }
        Ok(self.computed.tokens.len())
    }

    /// For later processes. The bytes are only copied here: whoever asked waits for the first word.
    #[expect(unsafe_code, reason = "the safe variant does not show the bytes")]
    pub(super) fn keep_for_later(&mut self) {
        let Some(states) = self.states.as_mut().filter(|states| states.wants(&self.computed)) else { return };
        let mut state = vec![0; self.context.state_seq_get_size_ext(SEQUENCE, LlamaStateSeqFlags::empty())];
        // SAFETY: the buffer has the length that llama.cpp asks for.
        let written =
            unsafe { self.context.state_seq_get_data_ext(state.as_mut_ptr(), SEQUENCE, LlamaStateSeqFlags::empty()) };
        if written == state.len() {
            states.keep(self.computed.clone(), state);
        }
    }
}

/// What of a prompt is worth keeping on the disk, and may be.
pub(super) fn to_keep(prompt: &Prompt, wanted: &Computed) -> Option<Computed> {
    wanted.beginning(prompt.constant).filter(|_| prompt.is_impersonal)
}

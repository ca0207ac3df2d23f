//! What there is to do with texts. All of it waits in one line, pauses while somebody speaks, and makes room for what is more urgent.

use hob_protocol::engine::{EmbedRequest, FromEngine, TextRequest, Urgency};
use hob_protocol::text::{Completion, Embeddings};

#[derive(Debug)]
pub enum TextWork {
    Generate(TextRequest),
    /// Compute what is constant of the request, and keep it.
    Prepare(TextRequest),
    Embed(EmbedRequest),
}

#[derive(Debug)]
pub enum TextDone {
    Generated(Completion),
    /// So many tokens are ready, of which so many were before.
    Prepared {
        tokens: u32,
        cached: u32,
    },
    Embedded(Embeddings),
}

impl TextWork {
    pub fn urgency(&self) -> Urgency {
        match self {
            Self::Generate(request) | Self::Prepare(request) => request.urgency,
            Self::Embed(request) => request.urgency,
        }
    }
}

impl TextDone {
    pub(crate) fn event(self, id: u64) -> FromEngine {
        match self {
            Self::Generated(completion) => FromEngine::Generated { id, completion },
            Self::Prepared { tokens, cached } => FromEngine::Prepared { id, tokens, cached },
            Self::Embedded(embeddings) => FromEngine::Embedded { id, embeddings },
        }
    }
}

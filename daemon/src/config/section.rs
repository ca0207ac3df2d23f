//! Sections whose keys are names that nobody knows beforehand.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

/// Texts by name, each read as a `V`; `allowed` says in words what there may be.
pub(super) fn texts<'de, D, V>(deserializer: D, allowed: &'static str) -> Result<BTreeMap<String, String>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de> + Into<String>,
{
    deserializer.deserialize_map(Texts { allowed, values: PhantomData::<V> })
}

struct Texts<V> {
    allowed: &'static str,
    values: PhantomData<V>,
}

impl<'de, V: Deserialize<'de> + Into<String>> Visitor<'de> for Texts<V> {
    type Value = BTreeMap<String, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.allowed)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut texts = BTreeMap::new();
        while let Some((name, text)) = map.next_entry::<String, V>()? {
            texts.insert(name, text.into());
        }
        Ok(texts)
    }
}

//! Words of the user: spoken, selected or generated. They travel in messages, but never through `Debug` into a log.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Text that `Debug` does not show. `as_str` is the one way to the words, so that a search finds every place that reads them.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn push_str(&mut self, more: &str) {
        self.0.push_str(more);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"hidden\"")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_hides_the_words_and_json_carries_them() {
        let secret = Secret::new("meet me at nine");
        assert_eq!(format!("{secret:?}"), "\"hidden\"");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"meet me at nine\"");
    }
}

//! The two Varlink envelopes: what a client sends and what it gets back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde's skip_serializing_if asks for")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A method call. Unknown fields are ignored, as the Varlink specification asks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub method: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub more: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub oneway: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub upgrade: bool,
}

/// A reply: parameters, or the qualified name of an error with its parameters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
    /// Another reply to the same call follows.
    #[serde(default, skip_serializing_if = "is_false")]
    pub continues: bool,
}

impl Reply {
    pub fn last(parameters: Value) -> Self {
        Self { parameters: Some(parameters), ..Self::default() }
    }

    pub fn more(parameters: Value) -> Self {
        Self { parameters: Some(parameters), continues: true, ..Self::default() }
    }

    /// The parameters, or the typed error the reply carries.
    pub fn into_result(self) -> Result<Value, Error> {
        let parameters = self.parameters.unwrap_or_else(|| Value::Object(Map::new()));
        match self.error {
            None => Ok(parameters),
            Some(error) => Err(Error::from_wire(error, parameters)),
        }
    }
}

impl From<&Error> for Reply {
    fn from(error: &Error) -> Self {
        let (name, parameters) = error.to_wire();
        Self { error: Some(name), parameters: Some(parameters), continues: false }
    }
}

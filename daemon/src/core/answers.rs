//! Answers that need nothing but the question.

use std::path::{Path, PathBuf};

use hob_protocol::method::{Description, InterfaceName, Nothing, ServiceInfo};
use hob_protocol::text::{ActionsReply, MAX_TEXTS, Message, Sampling};
use hob_protocol::{Error, Secret, idl};
use serde::Serialize;
use serde_json::Value;

use crate::actions::Registry;

pub(super) fn value(reply: &impl Serialize) -> Value {
    serde_json::to_value(reply).expect("replies hold strings and finite numbers")
}

pub(super) fn nothing() -> Value {
    value(&Nothing {})
}

pub(super) fn service_info() -> Value {
    value(&ServiceInfo {
        vendor: "hob".to_owned(),
        product: "hobd".to_owned(),
        version: hob_protocol::VERSION.to_owned(),
        url: "https://hob.dev".to_owned(),
        interfaces: idl::INTERFACES.iter().map(|(name, _)| (*name).to_owned()).collect(),
    })
}

pub(super) fn description(name: InterfaceName) -> Result<Value, Error> {
    match idl::description(&name.interface) {
        Some(description) => Ok(value(&Description { description: description.to_owned() })),
        None => Err(Error::InterfaceNotFound { interface: name.interface }),
    }
}

pub(super) fn actions(registry: &Registry) -> Value {
    value(&ActionsReply { actions: registry.list() })
}

/// A number beyond `f32` has become infinite on its way, and would be left out of the engine's frame.
pub(super) fn check_sampling(sampling: Option<&Sampling>) -> Result<(), Error> {
    let Some(sampling) = sampling else { return Ok(()) };
    let given = [("temperature", sampling.temperature), ("top_p", sampling.top_p), ("min_p", sampling.min_p)];
    match given.into_iter().find(|(_, value)| value.is_some_and(|value| !value.is_finite() || value < 0.0)) {
        None => Ok(()),
        Some((name, _)) => {
            let problem = "not a number of 0 or more".to_owned();
            Err(Error::OptionInvalid { option: format!("sampling.{name}"), problem })
        }
    }
}

/// A conversation in which nobody has said anything has no answer, and chat templates have no words for it.
pub(super) fn check_messages(messages: &[Message]) -> Result<(), Error> {
    if messages.is_empty() { Err(Error::InvalidParameter { parameter: "messages".to_owned() }) } else { Ok(()) }
}

/// Texts that are to become vectors.
pub(super) fn check_texts(texts: &[Secret]) -> Result<(), Error> {
    let count = texts.len();
    if count == 0 {
        return Err(Error::InvalidParameter { parameter: "texts".to_owned() });
    }
    if count > MAX_TEXTS {
        return Err(Error::TooManyTexts { texts: count as u64, limit: MAX_TEXTS as u64 });
    }
    match texts.iter().position(|text| text.as_str().trim().is_empty()) {
        None => Ok(()),
        Some(empty) => Err(Error::InvalidParameter { parameter: format!("texts[{empty}]") }),
    }
}

/// The daemon's working folder means nothing to a client, so a path has to be absolute.
pub(super) fn absolute(path: &str) -> Result<PathBuf, Error> {
    if Path::new(path).is_absolute() {
        return Ok(PathBuf::from(path));
    }
    Err(Error::AudioUnreadable {
        path: path.to_owned(),
        problem: "not an absolute path".to_owned(),
        hint: "the daemon does not know your working folder: send the whole path".to_owned(),
    })
}

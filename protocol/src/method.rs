//! The methods of the socket: one line each ties the name of the contract to the types of request and reply.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::{daemon, dictation, models, speech, text};

/// A method as a client calls it: the value holds the parameters, the types say what comes back.
pub trait Method {
    type Parameters: Serialize + DeserializeOwned;
    type Reply: Serialize + DeserializeOwned;
    const NAME: &'static str;
}

/// Parameters of a method that takes none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What a caller asks of a method beyond its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Works with and without `more`.
    Either,
    /// Needs `more`.
    More,
    /// Needs `upgrade`.
    Upgrade,
}

macro_rules! methods {
    ($($interface:literal { $($method:ident($parameters:ty) -> $reply:ty, $mode:ident;)* })*) => {
        /// A call whose method and parameters are valid.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Request { $($($method($parameters),)*)* }

        $($(
            #[doc = concat!("`", $interface, ".", stringify!($method), "`")]
            #[derive(Debug, Clone, Copy)]
            pub struct $method;

            impl Method for $method {
                type Parameters = $parameters;
                type Reply = $reply;
                const NAME: &'static str = concat!($interface, ".", stringify!($method));
            }
        )*)*

        /// Name and mode of every method.
        pub const METHODS: &[(&str, Mode)] = &[$($((<$method as Method>::NAME, Mode::$mode),)*)*];

        impl Request {
            /// Finds the method and reads its parameters; the standard errors of `org.varlink.service` otherwise.
            pub fn parse(method: &str, parameters: Option<Value>) -> Result<Self, Error> {
                $($(if method == <$method as Method>::NAME {
                    return read_parameters(parameters).map(Self::$method);
                })*)*
                Err(unknown(method))
            }

            pub fn mode(&self) -> Mode {
                match self { $($(Self::$method(_) => Mode::$mode,)*)* }
            }

            pub fn name(&self) -> &'static str {
                match self { $($(Self::$method(_) => <$method as Method>::NAME,)*)* }
            }
        }
    };
}

methods! {
    "org.varlink.service" {
        GetInfo(Nothing) -> ServiceInfo, Either;
        GetInterfaceDescription(InterfaceName) -> Description, Either;
    }
    "dev.hob.Daemon" {
        Status(Nothing) -> daemon::StatusReply, Either;
        Watch(Nothing) -> daemon::WatchReply, More;
        Keys(Nothing) -> daemon::KeysReply, More;
        Reload(Nothing) -> daemon::ReloadReply, Either;
        Configure(daemon::Configure) -> daemon::ReloadReply, Either;
        Shutdown(Nothing) -> Nothing, Either;
    }
    "dev.hob.Dictation" {
        Start(dictation::Start) -> dictation::StartReply, Either;
        Stop(Nothing) -> dictation::StopReply, Either;
        Toggle(dictation::Toggle) -> dictation::ToggleReply, Either;
        Cancel(Nothing) -> dictation::CancelReply, Either;
        Undo(Nothing) -> Nothing, Either;
        Pause(Nothing) -> dictation::PauseReply, Either;
        Resume(Nothing) -> dictation::PauseReply, Either;
        Polish(dictation::Polish) -> dictation::PolishReply, Either;
        Copy(dictation::Copy) -> Nothing, Either;
        History(dictation::History) -> dictation::HistoryReply, Either;
        Retry(dictation::Retry) -> dictation::RetryReply, Either;
        Forget(dictation::Forget) -> dictation::ForgetReply, Either;
        Microphones(Nothing) -> dictation::MicrophonesReply, Either;
    }
    "dev.hob.Speech" {
        Transcribe(speech::Transcribe) -> speech::TranscribeReply, Either;
        Stream(speech::Stream) -> Nothing, Upgrade;
    }
    "dev.hob.Text" {
        Actions(Nothing) -> text::ActionsReply, Either;
        Run(text::Run) -> text::RunReply, Either;
        RunOnSelection(text::RunOnSelection) -> text::RunOnSelectionReply, Either;
        RunOnClipboard(text::RunOnSelection) -> text::RunOnClipboardReply, Either;
        Menu(Nothing) -> Nothing, Either;
        Prompt(text::Prompt) -> text::PromptReply, Either;
        Generate(text::Generate) -> text::CompletionReply, Either;
        Embed(text::Embed) -> text::EmbedReply, Either;
    }
    "dev.hob.Models" {
        List(Nothing) -> models::ListReply, Either;
        Info(models::Named) -> models::ModelReply, Either;
        Load(models::Load) -> models::LoadReply, Either;
        Unload(models::Unload) -> models::UnloadReply, Either;
        Import(models::Import) -> models::ModelReply, Either;
        Remove(models::Named) -> Nothing, Either;
        Announce(models::Named) -> Nothing, Either;
        Adapters(Nothing) -> models::AdaptersReply, Either;
    }
}

/// What `GetInfo` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceInfo {
    pub vendor: String,
    pub product: String,
    pub version: String,
    pub url: String,
    pub interfaces: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterfaceName {
    pub interface: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    pub description: String,
}

fn unknown(method: &str) -> Error {
    let interface = method.rsplit_once('.').map_or(method, |(interface, _)| interface);
    if crate::idl::description(interface).is_some() {
        Error::MethodNotFound { method: method.to_owned() }
    } else {
        Error::InterfaceNotFound { interface: interface.to_owned() }
    }
}

fn read_parameters<T: DeserializeOwned>(parameters: Option<Value>) -> Result<T, Error> {
    let parameters = match parameters {
        None | Some(Value::Null) => Value::Object(Map::new()),
        // serde would read a list as a struct's fields in order.
        Some(parameters @ Value::Object(_)) => parameters,
        Some(_) => return Err(Error::InvalidParameter { parameter: "parameters".to_owned() }),
    };
    serde_path_to_error::deserialize(parameters).map_err(|error| {
        let path = error.path().to_string();
        Error::InvalidParameter { parameter: faulty_parameter(&path, &error.into_inner().to_string()) }
    })
}

/// The name of the parameter that serde complains about. For a missing or an unknown field it stands in the message, between
/// backticks, and the path is that of the object around it; for a wrong value it is the path.
fn faulty_parameter(path: &str, message: &str) -> String {
    let about_a_field = message.starts_with("missing field") || message.starts_with("unknown field");
    match message.split('`').nth(1) {
        Some(field) if about_a_field => {
            let around = path.trim_end_matches(field).trim_end_matches('.');
            if around.is_empty() { field.to_owned() } else { format!("{around}.{field}") }
        }
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Request;
    use crate::error::Error;

    fn parameter_refused(method: &str, parameters: serde_json::Value) -> String {
        match Request::parse(method, Some(parameters)) {
            Err(Error::InvalidParameter { parameter }) => parameter,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_faulty_parameter_is_named() {
        let run = "dev.hob.Text.Run";
        assert_eq!(parameter_refused(run, json!({"action": "fix"})), "text");
        assert_eq!(parameter_refused(run, json!({"action": "fix", "text": "a", "colour": 1})), "colour");
        assert_eq!(parameter_refused(run, json!({"action": 3, "text": "a"})), "action");
        assert_eq!(
            parameter_refused(run, json!({"action": "fix", "text": "a", "options": {"tonne": "x"}})),
            "options.tonne"
        );
        // Names that are the end of another one.
        assert_eq!(parameter_refused(run, json!({"action": "fix", "text": "a", "options": {"s": 1}})), "options.s");
        assert_eq!(
            parameter_refused(run, json!({"action": "fix", "text": "a", "options": {"options": 1}})),
            "options.options"
        );
        assert_eq!(
            parameter_refused("dev.hob.Text.Generate", json!({"messages": [{"role": "user"}]})),
            "messages[0].content"
        );
        assert_eq!(parameter_refused(run, json!([1, 2])), "parameters");
        assert_eq!(parameter_refused("dev.hob.Daemon.Status", json!({"x": 1})), "x");
        let messages = json!({"messages": [{"role": "robot", "content": ""}]});
        assert_eq!(parameter_refused("dev.hob.Text.Generate", messages), "messages[0].role");
    }

    #[test]
    fn a_schema_keeps_the_order_of_its_properties() {
        let schema = r#"{"properties":{"reasons":{},"answer":{},"z":{},"a":{}}}"#;
        let parameters = format!(r#"{{"messages":[],"schema":{schema}}}"#);
        match Request::parse("dev.hob.Text.Generate", Some(serde_json::from_str(&parameters).unwrap())) {
            Ok(Request::Generate(generate)) => assert_eq!(generate.schema.unwrap().to_string(), schema),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn unknown_interfaces_and_methods_are_told_apart() {
        let unknown = |method| Request::parse(method, None).unwrap_err();
        assert_eq!(
            unknown("dev.hob.Daemon.Explode"),
            Error::MethodNotFound { method: "dev.hob.Daemon.Explode".into() }
        );
        assert_eq!(unknown("org.example.Ping"), Error::InterfaceNotFound { interface: "org.example".into() });
        assert_eq!(unknown("Status"), Error::InterfaceNotFound { interface: "Status".into() });
    }

    #[test]
    fn parameters_may_be_left_out_or_null() {
        for parameters in [None, Some(json!(null)), Some(json!({}))] {
            assert!(matches!(Request::parse("dev.hob.Daemon.Status", parameters), Ok(Request::Status(_))));
        }
    }
}

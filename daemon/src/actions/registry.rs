//! Every text action there is: those that come with hob, and the user's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use hob_protocol::Error;
use hob_protocol::text::{self, Message, Options};
use serde_json::Value;

use super::faithful::Check;
use super::own::OwnAction;
use super::spec::{ActionSpec, Division, Length, Shape, invalid};
use super::{BUILT_IN, SUGGESTIONS, alike, prompt};

/// The actions by name, in the order in which people read them.
#[derive(Debug, Clone)]
pub struct Registry {
    actions: Vec<Action>,
    /// LoRA adapters by the names of the actions that use them.
    adapters: BTreeMap<String, String>,
}

/// What all requests of an action begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginning {
    pub messages: Vec<Message>,
    /// Nothing of it was written by the user.
    pub is_impersonal: bool,
    pub adapter: Option<String>,
}

/// One of them, with the same rights wherever it comes from.
#[derive(Debug, Clone)]
pub(super) enum Action {
    BuiltIn(&'static ActionSpec),
    Own(Arc<OwnAction>),
}

impl Registry {
    pub fn new(own: impl IntoIterator<Item = OwnAction>) -> Self {
        let built_in = BUILT_IN.iter().map(|action| Action::BuiltIn(action));
        let own = own.into_iter().map(|action| Action::Own(Arc::new(action)));
        Self { actions: built_in.chain(own).collect(), adapters: BTreeMap::new() }
    }

    /// With adapters by the names of the actions that use them.
    #[must_use]
    pub fn with_adapters(self, adapters: BTreeMap<String, String>) -> Self {
        Self { adapters, ..self }
    }

    /// The one that is asked for, else the action's own.
    pub(super) fn adapter(&self, action: &str, options: &Options) -> Option<String> {
        match options.adapter.as_deref() {
            Some("") => None,
            Some(name) => Some(name.to_owned()),
            None => self.adapters.get(action).cloned(),
        }
    }

    /// Every action, as the socket describes it.
    pub fn list(&self) -> Vec<text::Action> {
        let described = |action: &Action| text::Action {
            name: action.name().to_owned(),
            help: action.help().to_owned(),
            options: action.options().into_iter().map(str::to_owned).collect(),
        };
        self.actions.iter().map(described).collect()
    }

    /// Fails with the names that are like it.
    pub fn check(&self, name: &str) -> Result<(), Error> {
        self.find(name).map(|_| ())
    }

    /// The model that an action is meant for, and what its requests begin with whatever the text is, if that is known.
    pub fn beginning(&self, name: &str, options: &Options) -> (Option<String>, Option<Beginning>) {
        let Ok(action) = self.find(name) else { return (options.model.clone(), None) };
        let model = options.model.clone().or_else(|| action.model().map(str::to_owned));
        let is_impersonal = action.is_impersonal(options);
        let messages = prompt::messages(&action, options, "", None).ok();
        let adapter = self.adapter(name, options);
        (model, messages.map(|messages| Beginning { messages, is_impersonal, adapter }))
    }

    pub(super) fn find(&self, name: &str) -> Result<Action, Error> {
        self.actions.iter().find(|action| action.name() == name).cloned().ok_or_else(|| Error::UnknownAction {
            name: name.to_owned(),
            suggestions: alike(name, self.actions.iter().map(Action::name)).into_iter().take(SUGGESTIONS).collect(),
        })
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new([])
    }
}

impl Action {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::BuiltIn(action) => action.name,
            Self::Own(action) => &action.name,
        }
    }

    pub(super) fn help(&self) -> &str {
        match self {
            Self::BuiltIn(action) => action.help,
            Self::Own(action) => &action.help,
        }
    }

    /// The options it takes, beside those that every action takes.
    pub(super) fn options(&self) -> Vec<&'static str> {
        match self {
            Self::BuiltIn(action) => action.options.to_vec(),
            Self::Own(action) => action.inputs(),
        }
    }

    pub(super) fn system(&self) -> &str {
        match self {
            Self::BuiltIn(action) => action.system,
            Self::Own(_) => OwnAction::SYSTEM,
        }
    }

    /// Requests and the answers one would wish for: directive, text, answer.
    pub(super) fn examples(&self) -> Vec<(&str, &str, &str)> {
        match self {
            Self::BuiltIn(action) => {
                action.examples.iter().map(|example| (example.directive, example.text, example.answer)).collect()
            }
            Self::Own(action) => {
                let prompt = action.prompt.as_str();
                action.examples.iter().map(|example| (prompt, example.text.as_str(), example.answer.as_str())).collect()
            }
        }
    }

    /// What to do with the one text.
    pub(super) fn directive(&self, options: &Options) -> Result<String, Error> {
        match self {
            Self::BuiltIn(action) => (action.directive)(options),
            Self::Own(action) => action.directive(options),
        }
    }

    /// What an answer has to be valid by, where it is JSON.
    pub(super) fn schema(&self) -> Option<Value> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Own(action) => action.schema(),
        }
    }

    /// Whether nothing that a request begins with was written by the user: neither a whole action nor a question. All other options
    /// choose from what hob knows.
    pub(super) fn is_impersonal(&self, options: &Options) -> bool {
        matches!(self, Self::BuiltIn(_)) && options.question.is_none()
    }

    /// What stands behind the text, from how many words the answer should have at most.
    pub(super) fn closing(&self) -> Option<fn(usize) -> String> {
        match self {
            Self::BuiltIn(action) => action.closing,
            Self::Own(_) => None,
        }
    }

    pub(super) fn length(&self) -> Length {
        match self {
            Self::BuiltIn(action) => action.length,
            Self::Own(action) => action.length(),
        }
    }

    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::BuiltIn(action) => action.shape,
            Self::Own(action) => action.shape(),
        }
    }

    pub(super) fn division(&self) -> Division {
        match self {
            Self::BuiltIn(action) => action.division,
            Self::Own(action) => action.division(),
        }
    }

    pub(super) fn checks(&self) -> Vec<Check> {
        match self {
            Self::BuiltIn(action) => action.checks.to_vec(),
            Self::Own(action) => action.checks(),
        }
    }

    /// The model it is meant for, where nobody asks for another.
    pub(super) fn model(&self) -> Option<&str> {
        match self {
            Self::BuiltIn(_) => None,
            Self::Own(action) => action.model.as_deref(),
        }
    }

    /// Refuses an option that would have no effect: the caller expects one.
    pub(super) fn check_options(&self, options: &Options) -> Result<(), Error> {
        let takes = self.options();
        let given = [
            ("language", options.language.is_some()),
            ("tone", options.tone.is_some()),
            ("question", options.question.is_some()),
        ];
        if let Some((option, _)) = given.iter().find(|(option, given)| *given && !takes.contains(option)) {
            return Err(invalid(option, format!("the action {} does not take it", self.name())));
        }
        if options.truncate == Some(true) && self.division() != Division::Whole {
            return Err(invalid("truncate", format!("the action {} takes texts of any length", self.name())));
        }
        if options.max_tokens == Some(0) {
            return Err(invalid("max_tokens", "must be 1 or more".to_owned()));
        }
        // What is wrong with an option is known before anything is done.
        self.directive(options).map(|_| ())
    }
}

//! Notifications, few and useful: what went wrong and the next step, and nothing that the person sees anyway. Each kind has one place
//! on the screen, where the next of its kind replaces it. What was dictated is shown only where the configuration asks for it.
//!
//! Nobody waits for the program that shows them: a task of its own talks to it.

mod content;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hob_protocol::daemon::{Part, PartState};
use hob_protocol::dictation::RetryReply;
use hob_protocol::text::{Action, RunOnSelection};
use hob_protocol::{Error, Request, dictation, models};
use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Timeout};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::core::{DictationId, Event, Notice};
use crate::requests::Requests;
use crate::session_bus::Owner;
use crate::shown::Shown;
use content::{Content, Kind, Step};

/// Notices that may wait for the program that shows them. What finds no room is left out: a screen full of them tells nothing.
const WAITING: usize = 8;
/// The same notice again within this time shows nothing new.
const REPEATED: Duration = Duration::from_secs(5);
/// The key of a button in the notification, before its number.
const NEXT_STEP: &str = "next-step-";

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    pub notifications: Shown,
    /// Dictated words.
    pub words: Shown,
}

#[derive(Debug)]
pub struct Notifier {
    settings: Settings,
    contents: mpsc::Sender<Content>,
    service: watch::Receiver<Owner>,
}

impl Notifier {
    pub fn new(requests: Requests, settings: Settings, service: watch::Receiver<Owner>) -> Self {
        let (contents, waiting) = mpsc::channel(WAITING);
        tokio::spawn(tell_changes(requests.clone(), service.clone()));
        let desk = Desk { requests, contents: contents.clone(), service: service.clone(), shown: HashMap::new() };
        tokio::spawn(desk.serve(waiting));
        Self { settings, contents, service }
    }

    pub fn configure(&mut self, settings: Settings) {
        self.settings = settings;
    }

    pub fn show(&self, notice: &Notice) {
        if self.settings.notifications == Shown::Yes
            && let Some(content) = Content::of(notice, self.settings.words)
            && self.contents.try_send(content).is_err()
        {
            tracing::debug!("notifications are slow, and one is left out");
        }
    }

    /// Lets the person choose a text action for the selection. It was asked for by a key, so it is shown whatever else is not.
    pub fn offer(&self, actions: &[Action]) {
        if let Some(content) = Content::menu(actions)
            && self.contents.try_send(content).is_err()
        {
            tracing::debug!("notifications are slow, and the menu is left out");
        }
    }

    pub fn parts(&self) -> Vec<Part> {
        if self.settings.notifications == Shown::No {
            return vec![part(PartState::Off, "", "feedback.notifications is off", None)];
        }
        let hint = "start a notification program, such as dunst or mako";
        let using = "org.freedesktop.Notifications";
        vec![match *self.service.borrow() {
            Owner::NoBus => {
                part(PartState::Missing, "", "there is no session bus", Some("start hobd in a desktop session"))
            }
            Owner::Nobody => part(PartState::Missing, "", "no program shows notifications", Some(hint)),
            Owner::OnDemand => part(PartState::Works, using, "the bus starts its program on demand", None),
            Owner::Somebody(_) => part(PartState::Works, using, "a program shows notifications", None),
        }]
    }
}

fn part(state: PartState, using: &str, why: &str, hint: Option<&str>) -> Part {
    let hint = hint.map(str::to_owned);
    Part { name: "notifications".to_owned(), state, using: using.to_owned(), why: why.to_owned(), hint }
}

async fn tell_changes(requests: Requests, mut service: watch::Receiver<Owner>) {
    while service.changed().await.is_ok() {
        requests.tell(Event::DesktopChanged).await;
    }
}

/// What is on the screen, by kind.
struct Desk {
    requests: Requests,
    /// For what comes of a button.
    contents: mpsc::Sender<Content>,
    service: watch::Receiver<Owner>,
    shown: HashMap<Kind, Place>,
}

struct Place {
    /// Of the notification, for the next one to replace it.
    id: u32,
    /// Who shows it: to another program, that number means nothing, or a notification of somebody else.
    by: Owner,
    content: Content,
    since: Instant,
    /// Waits for the person to press the button.
    button: JoinHandle<()>,
}

impl Place {
    /// One whose button was pressed is about to go, and would take along what replaces it.
    fn is_over(&self) -> bool {
        !self.content.steps.is_empty() && self.button.is_finished()
    }
}

impl Desk {
    async fn serve(mut self, mut contents: mpsc::Receiver<Content>) {
        while let Some(content) = contents.recv().await {
            self.show(content).await;
        }
    }

    async fn show(&mut self, content: Content) {
        let kind = content.kind;
        let before = self.shown.get(&kind).filter(|before| before.by == *self.service.borrow());
        let repeats = kind != Kind::Menu;
        if repeats && before.is_some_and(|before| before.content == content && before.since.elapsed() < REPEATED) {
            return;
        }
        let replaced = before.filter(|before| !before.is_over()).map(|before| before.id);
        let handle = match notification(&content, replaced).show_async().await {
            Ok(handle) => handle,
            Err(error) => {
                tracing::info!("a notification cannot be shown: {error}");
                return;
            }
        };
        let (id, by) = (handle.id(), *self.service.borrow());
        let buttons =
            Buttons { steps: content.steps.clone(), requests: self.requests.clone(), contents: self.contents.clone() };
        let button = tokio::spawn(buttons.wait(handle));
        if let Some(before) = self.shown.insert(kind, Place { id, by, content, since: Instant::now(), button }) {
            before.button.abort();
        }
    }
}

fn notification(content: &Content, replaced: Option<u32>) -> Notification {
    let mut notification = Notification::new();
    notification.appname("hob").icon("audio-input-microphone").summary(&content.title).body(&content.body);
    notification.urgency(content.kind.urgency()).hint(Hint::DesktopEntry("dev.hob.Hob".to_owned()));
    notification.hint(Hint::Category(content.kind.category().to_owned()));
    // What nobody has to act on does not stay in the desktop's list.
    if content.kind.is_fleeting() {
        notification.hint(Hint::Transient(true)).timeout(Timeout::Default);
    }
    for (number, step) in content.steps.iter().enumerate() {
        notification.action(&format!("{NEXT_STEP}{number}"), &step.label());
    }
    if let Some(id) = replaced {
        notification.id(id);
    }
    notification
}

/// The buttons of a notification on the screen.
struct Buttons {
    steps: Vec<Step>,
    requests: Requests,
    contents: mpsc::Sender<Content>,
}

impl Buttons {
    async fn wait(self, handle: NotificationHandle) {
        if self.steps.is_empty() {
            return;
        }
        let (pressed, press) = tokio::sync::oneshot::channel();
        let waiting = handle.wait_for_action_async(move |response: &NotificationResponse| {
            if let NotificationResponse::Action(key) = response
                && let Some(number) = key.strip_prefix(NEXT_STEP).and_then(|number| number.parse::<usize>().ok())
            {
                let _the_task_has_ended = pressed.send(number);
            }
        });
        waiting.await;
        if let Some(step) = press.await.ok().and_then(|number| self.steps.get(number).cloned()) {
            // On its own: the next notification of the kind replaces the button, not what it has begun.
            tokio::spawn(self.take(step));
        }
    }

    /// Does what the button promised, and says what came of it.
    async fn take(self, step: Step) {
        tracing::info!("the next step of a notification: {step:?}");
        let outcome = match step {
            // The person is told of its result and of its failure by others.
            Step::Run(action) => {
                let run = Request::RunOnSelection(RunOnSelection { action, options: None });
                return drop(self.requests.call(run).await);
            }
            Step::Retry(dictation) => self.retry(dictation).await,
            Step::Load(name) => {
                let load = Request::Load(models::Load { name: name.clone(), pin: None });
                self.requests.call(load).await.map(|_| Content::loaded(&name))
            }
        };
        let content = outcome.unwrap_or_else(|error| Content::failed(&error.to_string(), error.hint().as_deref()));
        let _the_daemon_has_ended = self.contents.send(content).await;
    }

    /// The text goes to the clipboard, because nobody knows any more where it belonged.
    async fn retry(&self, DictationId(id): DictationId) -> Result<Content, Error> {
        let retry = dictation::Retry { id: Some(id), ..dictation::Retry::default() };
        let reply = self.requests.call(Request::Retry(retry)).await?;
        let RetryReply { result, .. } = serde_json::from_value(reply)
            .map_err(|error| Error::Internal { problem: format!("unreadable reply to Retry: {error}") })?;
        self.requests.call(Request::Copy(dictation::Copy { text: result.text })).await?;
        Ok(Content::copied())
    }
}

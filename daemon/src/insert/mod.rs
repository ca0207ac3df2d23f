//! What hob does at the cursor: brings a text there and says honestly what came of it, reads what is selected, takes back what it
//! inserted, and fills the clipboard. Never decides what to insert, or when.
//!
//! There are several ways to bring a text to the cursor, one file each: a [`Backend`] in one list (`list.rs`), tried in order. What
//! else a desktop has (the window with the keyboard, the selection, the clipboard) is a [`Session`]. All of them live on one
//! thread, because each of them waits for other programs.

mod accessibility;
mod backend;
mod command;
mod grace;
mod hands;
mod link;
mod list;
mod order;
mod paste_key;
mod program;
mod selection;
mod text;
mod wayland;
mod witness;
mod x11;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use hob_protocol::daemon::Part;
use hob_protocol::{Error, Secret};
use tokio::sync::{oneshot, watch};

use crate::core::{Arrival, CursorId, Event, Inserted, Manner, Newline, PasteKey, Receipt, Selection, Window};
use crate::displays;
use crate::graphical_session::{GraphicalSession, Variables};
use crate::requests::Requests;
use hands::Hands;

/// Things to do that may wait. When it is full, the desktop has stopped answering, and what is asked of it fails at once.
const CAPACITY: usize = 16;

/// Beyond this a desktop that does not answer counts as gone. The longest texts are typed in less.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Names of backends in the order in which they are tried, `type` and `paste` for all of that kind; empty for hob's own order.
    pub methods: Vec<String>,
    /// The program of the backend `command`, with its arguments.
    pub command: Vec<String>,
    /// For windows whose manner says [`PasteKey::Auto`].
    pub paste_key: PasteKey,
    /// For windows whose manner says [`Newline::Auto`].
    pub newline: Newline,
    /// Texts of so many characters or more are pasted, shorter ones typed.
    pub paste_from_chars: usize,
    pub restore_clipboard: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            methods: Vec::new(),
            command: Vec::new(),
            paste_key: PasteKey::Auto,
            newline: Newline::Auto,
            paste_from_chars: 200,
            restore_clipboard: true,
        }
    }
}

/// A handle on the thread that does it. Whatever is asked of it is answered with exactly one event.
#[derive(Debug)]
pub struct Inserter {
    requests: Requests,
    jobs: SyncSender<Job>,
    parts: watch::Receiver<Vec<Part>>,
    session: GraphicalSession,
}

/// One thing for the thread to do.
#[derive(Debug)]
enum Job {
    Insert {
        text: Secret,
        manner: Manner,
        window: Option<Window>,
        answer: oneshot::Sender<Inserted>,
    },
    ReadSelection {
        answer: oneshot::Sender<Result<Selection, Error>>,
    },
    ReadClipboard {
        answer: oneshot::Sender<Result<Selection, Error>>,
    },
    TakeBack {
        receipt: Receipt,
        answer: oneshot::Sender<Result<(), Error>>,
    },
    Look {
        answer: oneshot::Sender<Option<Window>>,
    },
    Copy {
        text: Secret,
        answer: oneshot::Sender<Inserted>,
    },
    Configure(Settings),
    /// A display or a bus has come or gone.
    LookAgain,
}

impl Inserter {
    /// Connects in the background; what is missing is said by [`Inserter::parts`].
    pub fn new(requests: Requests, settings: Settings, session: GraphicalSession) -> Self {
        let (jobs, queue) = sync_channel(CAPACITY);
        let (tell_parts, parts) = watch::channel(Vec::new());
        tokio::spawn(tell_changes(requests.clone(), parts.clone()));
        look_again_at_displays(jobs.clone());
        tokio::spawn(look_again_at_sessions(jobs.clone(), session.variables.clone()));
        let thread = std::thread::Builder::new().name("insertion".to_owned());
        let variables = session.variables.clone();
        let started = thread.spawn(move || Hands::new(settings, &variables, tell_parts).work(&queue));
        if let Err(error) = started {
            tracing::error!("nothing can be inserted, because there is no thread for it: {error}");
        }
        Self { requests, jobs, parts, session }
    }

    /// Answered by [`Event::Inserted`]. `window`: where the text is meant to go.
    pub fn insert(&self, id: CursorId, text: Secret, manner: Manner, window: Option<Window>) {
        let (answer, answered) = oneshot::channel();
        let job = Job::Insert { text, manner, window, answer };
        self.ask(job, answered, move |result| Event::Inserted { id, result: result_or_failure(result) });
    }

    /// Answered by [`Event::SelectionRead`].
    pub fn read_selection(&self, id: CursorId) {
        let (answer, answered) = oneshot::channel();
        self.ask(Job::ReadSelection { answer }, answered, move |result| {
            let result = result.unwrap_or_else(|problem| Err(Error::Internal { problem }));
            Event::SelectionRead { id, result }
        });
    }

    /// Answered by [`Event::SelectionRead`].
    pub fn read_clipboard(&self, id: CursorId) {
        let (answer, answered) = oneshot::channel();
        self.ask(Job::ReadClipboard { answer }, answered, move |result| {
            let result = result.unwrap_or_else(|problem| Err(Error::Internal { problem }));
            Event::SelectionRead { id, result }
        });
    }

    /// Answered by [`Event::TakenBack`].
    pub fn take_back(&self, id: CursorId, receipt: Receipt) {
        let (answer, answered) = oneshot::channel();
        self.ask(Job::TakeBack { receipt, answer }, answered, move |result| {
            let result = result.unwrap_or_else(|problem| Err(Error::Internal { problem }));
            Event::TakenBack { id, result }
        });
    }

    /// Answered by [`Event::WindowSeen`].
    pub fn look(&self, id: CursorId) {
        self.session.look_again();
        let (answer, answered) = oneshot::channel();
        self.ask(Job::Look { answer }, answered, move |window| Event::WindowSeen { id, window: window.ok().flatten() });
    }

    /// Puts a text on the clipboard. Answered by [`Event::Inserted`].
    pub fn copy(&self, id: CursorId, text: Secret) {
        let (answer, answered) = oneshot::channel();
        let job = Job::Copy { text, answer };
        self.ask(job, answered, move |result| Event::Inserted { id, result: result_or_failure(result) });
    }

    /// For the next thing that is asked.
    pub fn configure(&self, settings: Settings) {
        self.send(Job::Configure(settings));
    }

    /// What was found for `insertion` and `selection` when it was last looked at: at the start, with each job, and when displays come or go.
    pub fn parts(&self) -> Vec<Part> {
        self.parts.borrow().clone()
    }

    /// Hands the job over, and its answer to the core; in its stead the reason why there is none.
    fn ask<T: Send + 'static>(
        &self,
        job: Job,
        answered: oneshot::Receiver<T>,
        event: impl FnOnce(Result<T, String>) -> Event + Send + 'static,
    ) {
        self.send(job);
        let requests = self.requests.clone();
        tokio::spawn(async move {
            let answer = match tokio::time::timeout(PATIENCE, answered).await {
                Ok(Ok(answer)) => Ok(answer),
                // The receiver goes with this task, and a job whose receiver is gone is not begun.
                Ok(Err(_)) | Err(_) => Err("the desktop does not answer".to_owned()),
            };
            requests.tell(event(answer)).await;
        });
    }

    fn send(&self, job: Job) {
        if let Err(error) = self.jobs.try_send(job) {
            let why = match error {
                TrySendError::Full(_) => "the desktop does not answer",
                TrySendError::Disconnected(_) => "its thread has ended",
            };
            tracing::warn!("nothing can be done at the cursor: {why}");
        }
    }
}

fn look_again_at_displays(jobs: SyncSender<Job>) {
    displays::watch(move || match jobs.try_send(Job::LookAgain) {
        // A full queue means that it is about to look anyway.
        Ok(()) | Err(TrySendError::Full(_)) => ControlFlow::Continue(()),
        // Only the end of the daemon closes it.
        Err(TrySendError::Disconnected(_)) => ControlFlow::Break(()),
    });
}

async fn look_again_at_sessions(jobs: SyncSender<Job>, mut session: watch::Receiver<Variables>) {
    while session.changed().await.is_ok() {
        // A full queue means that it is about to look anyway.
        let _ = jobs.try_send(Job::LookAgain);
    }
}

fn result_or_failure(result: Result<Inserted, String>) -> Inserted {
    result.unwrap_or_else(|problem| Inserted {
        arrival: Arrival::Failed { problem, on_clipboard: false },
        method: String::new(),
        receipt: None,
    })
}

async fn tell_changes(requests: Requests, mut parts: watch::Receiver<Vec<Part>>) {
    while parts.changed().await.is_ok() {
        requests.tell(Event::DesktopChanged).await;
    }
}

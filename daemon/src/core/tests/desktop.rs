//! The pretended desktop: keys that move, and answers to what it was asked.

use hob_protocol::{Error, Secret};

use super::super::{Arrival, Binding, CursorId, Event, Inserted, Manner, Motion, Receipt, Selection, Window};
use super::world::World;

/// What the desktop has to answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Window(CursorId),
    Selection(CursorId),
    Clipboard(CursorId),
    Copy(CursorId),
    Insertion(CursorId, Secret, Manner, Option<Window>),
    TakingBack(CursorId, Receipt),
}

impl World {
    /// A key moves. Those that only a listener is shown are not held for the core.
    pub fn key(&mut self, binding: Binding, motion: Motion) {
        match motion {
            Motion::Pressed if self.core.shows_keys() => {}
            Motion::Pressed => drop(self.held.insert(binding.clone())),
            Motion::Released => drop(self.held.remove(&binding)),
        }
        self.event(Event::Key { binding, motion });
    }

    pub fn press(&mut self, binding: Binding) {
        self.key(binding, Motion::Pressed);
    }

    pub fn release(&mut self, binding: Binding) {
        self.key(binding, Motion::Released);
    }

    /// The desktop answers the oldest thing it was asked. Gives whether there was any.
    pub fn step_desktop(&mut self) -> bool {
        let Some(asked) = self.desktop.pop_front() else { return false };
        let event = match asked {
            Asked::Window(id) => Event::WindowSeen { id, window: self.window.clone() },
            Asked::Selection(id) => {
                let selection = Selection { text: self.selected.clone(), window: self.window.clone() };
                Event::SelectionRead { id, result: Ok(selection) }
            }
            Asked::Clipboard(id) => {
                let selection = Selection { text: self.on_clipboard.clone(), window: None };
                Event::SelectionRead { id, result: Ok(selection) }
            }
            Asked::Copy(id) => {
                let inserted = Inserted { arrival: Arrival::Sent, method: "clipboard".to_owned(), receipt: None };
                Event::Inserted { id, result: inserted }
            }
            Asked::Insertion(id, text, manner, window) => {
                self.insertions.push((text.as_str().to_owned(), manner));
                let arrival = self.arrival.clone();
                let failed = matches!(arrival, Arrival::Failed { .. });
                let receipt = (!failed).then_some(Receipt { window, text, replaced: None });
                Event::Inserted { id, result: Inserted { arrival, method: "test".to_owned(), receipt } }
            }
            Asked::TakingBack(id, receipt) => {
                self.taken_back.push(receipt);
                Event::TakenBack { id, result: Ok(()) }
            }
        };
        self.event(event);
        true
    }

    /// The desktop answers that it cannot.
    pub fn refuse_desktop(&mut self) {
        let error = Error::CursorUnavailable { problem: "no display".to_owned(), hint: String::new() };
        let event = match self.desktop.pop_front() {
            None => return,
            Some(Asked::Window(id)) => Event::WindowSeen { id, window: None },
            Some(Asked::Selection(id) | Asked::Clipboard(id)) => Event::SelectionRead { id, result: Err(error) },
            Some(Asked::TakingBack(id, _)) => Event::TakenBack { id, result: Err(error) },
            Some(Asked::Copy(id)) => {
                let arrival = Arrival::Failed { problem: error.to_string(), on_clipboard: false };
                Event::Inserted { id, result: Inserted { arrival, method: String::new(), receipt: None } }
            }
            Some(Asked::Insertion(id, ..)) => {
                let arrival = Arrival::Failed { problem: error.to_string(), on_clipboard: true };
                Event::Inserted { id, result: Inserted { arrival, method: String::new(), receipt: None } }
            }
        };
        self.event(event);
    }
}

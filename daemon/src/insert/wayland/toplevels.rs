//! Which window has the keyboard, by `zwlr_foreign_toplevel_management_v1`: for compositors without a socket of their own that tells
//! more (`compositor.rs`).
//!
//! A compositor tells each change of each title, which would wake hobd all day long. So the list is asked for when somebody looks,
//! and let go of at the first event after a while in which nobody did.

use std::time::{Duration, Instant};

use wayland_client::{Connection, Dispatch, QueueHandle, event_created_child};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_handle_v1::{
    self, ZwlrForeignToplevelHandleV1,
};
use wayland_protocols_wlr::foreign_toplevel::v1::client::zwlr_foreign_toplevel_manager_v1::{
    self, EVT_TOPLEVEL_OPCODE, ZwlrForeignToplevelManagerV1,
};

use super::problem::Problem;
use super::wire::{State, Wire};
use crate::core::Window;

/// A dictation looks at its beginning and at its end, and an undo follows soon.
const KEPT: Duration = Duration::from_mins(2);

/// Our hold on the list.
#[derive(Default)]
pub struct Watch {
    manager: Option<ZwlrForeignToplevelManagerV1>,
    looked_at: Option<Instant>,
}

/// The list.
#[derive(Default)]
pub struct Seen {
    windows: Vec<Toplevel>,
    /// Windows are numbered on, so that no number ever means another window.
    count: u64,
    over: bool,
}

struct Toplevel {
    handle: ZwlrForeignToplevelHandleV1,
    number: u64,
    class: String,
    title: String,
    activated: bool,
}

/// The activated window.
pub fn active(wire: &mut Wire) -> Result<Option<Window>, Problem> {
    if wire.state.toplevels.over {
        let_go(wire);
    }
    if wire.toplevels.manager.is_none() {
        wire.toplevels.manager = Some(wire.bind(1..=3)?);
        // Once for the list, once for what is told of each window.
        wire.sync()?;
    }
    wire.toplevels.looked_at = Some(Instant::now());
    wire.sync()?;
    let active = wire.state.toplevels.windows.iter().find(|window| window.activated);
    Ok(active.map(|window| Window {
        id: format!("toplevel {}", window.number),
        class: window.class.clone(),
        title: window.title.clone(),
        pid: None,
        ..Window::default()
    }))
}

/// Which windows have the keyboard, as far as that is told; for [`stays`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Focus {
    Untold,
    /// By their numbers. More than one only where several people work.
    At(Vec<u64>),
}

/// Looks now. Costs nothing but what comes by itself from then on.
pub fn focus(wire: &mut Wire) -> Result<Focus, Problem> {
    match active(wire) {
        Ok(_) => Ok(wire.state.toplevels.focus()),
        Err(Problem::Lacks(_)) => Ok(Focus::Untold),
        Err(problem) => Err(problem),
    }
}

/// Whether the keyboard is still there, by all that has come.
pub fn stays(wire: &Wire, focus: &Focus) -> bool {
    let seen = &wire.state.toplevels;
    seen.over || *focus == Focus::Untold || seen.focus() == *focus
}

impl Seen {
    fn focus(&self) -> Focus {
        Focus::At(self.windows.iter().filter(|window| window.activated).map(|window| window.number).collect())
    }
}

/// To be called now and then.
pub fn let_go_if_unused(wire: &mut Wire) {
    if wire.toplevels.looked_at.is_some_and(|time| time.elapsed() > KEPT) {
        let_go(wire);
    }
}

fn let_go(wire: &mut Wire) {
    wire.toplevels.looked_at = None;
    for window in wire.state.toplevels.windows.drain(..) {
        window.handle.destroy();
    }
    if let (Some(manager), false) = (wire.toplevels.manager.take(), wire.state.toplevels.over) {
        manager.stop();
    }
    wire.state.toplevels.over = false;
}

impl Dispatch<ZwlrForeignToplevelManagerV1, ()> for State {
    fn event(
        state: &mut Self,
        _: &ZwlrForeignToplevelManagerV1,
        event: zwlr_foreign_toplevel_manager_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        use zwlr_foreign_toplevel_manager_v1::Event;

        let seen = &mut state.toplevels;
        match event {
            Event::Toplevel { toplevel } => {
                seen.count += 1;
                let (class, title) = (String::new(), String::new());
                seen.windows.push(Toplevel { handle: toplevel, number: seen.count, class, title, activated: false });
            }
            Event::Finished => seen.over = true,
            _ => {}
        }
    }

    event_created_child!(State, ZwlrForeignToplevelManagerV1, [
        EVT_TOPLEVEL_OPCODE => (ZwlrForeignToplevelHandleV1, ()),
    ]);
}

impl Dispatch<ZwlrForeignToplevelHandleV1, ()> for State {
    fn event(
        state: &mut Self,
        handle: &ZwlrForeignToplevelHandleV1,
        event: zwlr_foreign_toplevel_handle_v1::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        use zwlr_foreign_toplevel_handle_v1::Event;

        let windows = &mut state.toplevels.windows;
        let Some(index) = windows.iter().position(|window| window.handle == *handle) else { return };
        match event {
            Event::AppId { app_id } => windows[index].class = app_id,
            Event::Title { title } => windows[index].title = title,
            Event::State { state } => windows[index].activated = is_activated(&state),
            Event::Closed => windows.remove(index).handle.destroy(),
            _ => {}
        }
    }
}

/// The states are an array of numbers.
fn is_activated(states: &[u8]) -> bool {
    let activated = zwlr_foreign_toplevel_handle_v1::State::Activated as u32;
    states.chunks_exact(4).any(|state| state == activated.to_ne_bytes())
}

//! Which window has the keyboard, and what it says of itself.

use x11rb::connection::Connection;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, Window};

use super::problem::Problem;
use super::wire::Wire;
use crate::core;
use crate::insert::backend::{Aim, Failure};
use crate::insert::program;

/// The window that has the keyboard, as the window manager tells, else as the server does.
pub fn active(wire: &mut Wire) -> Result<Option<core::Window>, Problem> {
    match with_keyboard(wire)?.map(|window| describe(wire, window)) {
        // It has closed while we looked.
        Some(Err(Problem::Refused(_))) | None => Ok(None),
        Some(described) => described.map(Some),
    }
}

/// The same, by its number alone.
pub fn with_keyboard(wire: &Wire) -> Result<Option<Window>, Problem> {
    match wire.numbers(wire.root, wire.atoms.NET_ACTIVE_WINDOW)?.first().copied() {
        Some(x11rb::NONE) | None => focused(wire),
        window => Ok(window),
    }
}

/// The window that a session described before.
pub fn number(window: &core::Window) -> Option<Window> {
    window.id.strip_prefix("0x").and_then(|id| Window::from_str_radix(id, 16).ok())
}

/// The window that a text goes to. Without one, keys go nowhere, and nothing tells.
pub fn wanted(aim: &Aim) -> Result<Window, Failure> {
    aim.window.as_ref().and_then(number).ok_or_else(|| Failure::before("no window has the keyboard"))
}

/// Whether two windows, of whatever kind, belong to the same program.
pub fn are_of_one_program(wire: &Wire, one: Window, other: Window) -> bool {
    let client = |window: Window| window & !wire.server.setup().resource_id_mask;
    if client(one) == client(other) {
        return true;
    }
    match (pid_of(wire, one), pid_of(wire, other)) {
        (Ok(Some(one)), Ok(Some(other))) => one == other,
        _ => false,
    }
}

/// Whether a window that owns a clipboard is one of Chromium's, which many programs are built on.
pub fn is_chromiums(wire: &Wire, owner: Window) -> Result<bool, Problem> {
    let name = wire.server.get_property(false, owner, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 16)?;
    Ok(name.reply().is_ok_and(|name| name.value.starts_with(b"Chromium ")))
}

/// By the focus: the window around it that a window manager would manage.
fn focused(wire: &Wire) -> Result<Option<Window>, Problem> {
    let mut window = wire.server.get_input_focus()?.reply()?.focus;
    // A window manager gives the keyboard to a window of its own where nobody else has it.
    let manager = wire.numbers(wire.root, wire.atoms.NET_SUPPORTING_WM_CHECK)?.first().copied();
    // 1 means the window below the pointer.
    while window > 1 && window != wire.root && Some(window) != manager {
        let class = wire.server.get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::ANY, 0, 1)?;
        let tree = wire.server.query_tree(window)?;
        let (Ok(class), Ok(tree)) = (class.reply(), tree.reply()) else { return Ok(None) };
        if class.format != 0 {
            return Ok(Some(window));
        }
        window = tree.parent;
    }
    Ok(None)
}

fn describe(wire: &Wire, window: Window) -> Result<core::Window, Problem> {
    let text = |property| -> Result<_, Problem> {
        let reply = wire.server.get_property(false, window, property, AtomEnum::ANY, 0, 1024)?.reply()?;
        Ok(String::from_utf8_lossy(&reply.value).into_owned())
    };
    let class = text(AtomEnum::WM_CLASS.into())?;
    let title = match text(wire.atoms.NET_WM_NAME)? {
        title if title.is_empty() => text(AtomEnum::WM_NAME.into())?,
        title => title,
    };
    Ok(program::named(core::Window {
        id: format!("{window:#x}"),
        // Instance and class, each ended by a zero.
        class: class.split('\0').nth(1).unwrap_or_default().to_owned(),
        title,
        pid: pid_of(wire, window)?,
        ..core::Window::default()
    }))
}

/// By the server, which knows; else as the window says.
fn pid_of(wire: &Wire, window: Window) -> Result<Option<u32>, Problem> {
    if wire.has("X-Resource").is_ok() {
        let specs = [ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID }];
        let reply = wire.server.res_query_client_ids(&specs)?.reply()?;
        let pid = reply.ids.iter().flat_map(|id| &id.value).copied().find(|pid| *pid != 0);
        if pid.is_some() {
            return Ok(pid);
        }
    }
    Ok(wire.numbers(window, wire.atoms.NET_WM_PID)?.first().copied())
}

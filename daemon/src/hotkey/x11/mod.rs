//! Keys from an X server that is asked for just these, on a thread that sleeps until one of them moves. It tells a key's press and its
//! release once each: no repeat counts, modifiers may come up first, and the layout may change in between.

mod freed;
mod grabs;
mod keyboard;

use std::os::fd::AsFd;

use tokio::sync::mpsc;
use x11rb::connection::Connection;
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xkb::{ConnectionExt as _, EventType, ID, MapPart, PerClientFlag, SelectEventsAux};
use x11rb::rust_connection::RustConnection;

use super::source::{News, Source};
use super::thread::{self, Order, Orders, tell};
use crate::graphical_session::Variables;
use crate::x_server::{self, NoServer};
use freed::Departures;
use grabs::Grabs;

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    NoServer(#[from] NoServer),
    #[error("the X server is gone")]
    Gone(#[from] ConnectionError),
    #[error("the X server refused a request: {0}")]
    Refused(#[from] ReplyError),
    #[error("the X server refused a request: {0}")]
    NoId(#[from] ReplyOrIdError),
    #[error("the thread for keys cannot wait")]
    Wait(#[from] rustix::io::Errno),
}

/// Connects in the background. What comes of it is told, ending with [`News::Lost`] if it does not go on.
pub fn start(session: Variables, news: mpsc::Sender<News>) -> std::io::Result<Box<dyn Source>> {
    Ok(Box::new(thread::start("hotkeys", news, move |orders, news| serve(&session, orders, news))?))
}

/// Until there are no more orders.
fn serve(session: &Variables, orders: &Orders, news: &mpsc::Sender<News>) -> Result<(), Problem> {
    let (server, screen) = x_server::connect(session)?;
    let mut grabs = Grabs::new(&server, screen.root)?;
    tell_repeats_and_layouts(&server)?;
    // While a key is in other hands, and where the server tells.
    let mut departures: Option<Option<Departures>> = None;
    loop {
        match orders.next() {
            Order::Bind(wanted) => tell(news, News::Bound(grabs.want(&server, wanted)?)),
            Order::End => return Ok(()),
            // Requests with an answer may have read events meanwhile, so this comes before waiting.
            Order::Nothing if take_events(&server, &mut grabs, news)? => {}
            Order::Nothing => {
                if grabs.lack_any() && departures.is_none() {
                    departures = Some(Departures::watch(&server, session, orders.bell()));
                    // One may have gone before anybody listened.
                    try_again(&server, &mut grabs, news)?;
                } else if !grabs.lack_any()
                    && let Some(watched) = departures.take()
                {
                    watched.map(|departures| departures.stop(&server)).transpose()?;
                } else {
                    orders.wait(&[server.stream().as_fd()])?;
                    try_again(&server, &mut grabs, news)?;
                }
            }
        }
    }
}

/// Keys that another program had may be free now.
fn try_again(server: &RustConnection, grabs: &mut Grabs, news: &mpsc::Sender<News>) -> Result<(), Problem> {
    if grabs.lack_any()
        && let Some(bounds) = grabs.try_again(server)?
    {
        tell(news, News::Bound(bounds));
    }
    Ok(())
}

/// Everything that has arrived. Whether there was anything.
fn take_events(server: &RustConnection, grabs: &mut Grabs, news: &mpsc::Sender<News>) -> Result<bool, Problem> {
    let mut any = false;
    let mut has_other_layout = false;
    while let Some(event) = server.poll_for_event()? {
        any = true;
        let moved = match event {
            Event::KeyPress(press) => grabs.pressed(server, press.detail, press.state)?,
            Event::KeyRelease(release) => grabs.released(server, release.detail)?.into_iter().collect(),
            Event::XinputRawKeyRelease(release) => {
                let keycode = u8::try_from(release.detail).ok();
                let released = keycode.map(|keycode| grabs.released(server, keycode)).transpose()?;
                released.flatten().into_iter().collect()
            }
            Event::MappingNotify(_) | Event::XkbMapNotify(_) | Event::XkbNewKeyboardNotify(_) => {
                has_other_layout = true;
                continue;
            }
            _ => continue,
        };
        for (binding, motion) in moved {
            tell(news, News::Moved(binding, motion));
        }
    }
    // Once for the dozens of events that one change brings.
    if has_other_layout && let Some(bounds) = grabs.look_again(server)? {
        tell(news, News::Bound(bounds));
    }
    Ok(any)
}

/// Repeats shall be presses without releases between them. Whoever says so gets the news of layouts from this extension alone.
fn tell_repeats_and_layouts(server: &RustConnection) -> Result<(), Problem> {
    let keyboard = u16::from(ID::USE_CORE_KBD);
    server.xkb_use_extension(1, 0)?.reply()?;
    let (flag, none) = (PerClientFlag::DETECTABLE_AUTO_REPEAT, 0_u32.into());
    let flags = server.xkb_per_client_flags(keyboard, flag, flag, none, none, none)?.reply()?;
    if u32::from(flags.value) & u32::from(flag) == 0 {
        tracing::warn!("the X server cannot tell repeats of a held key from releases");
    }
    let events = EventType::NEW_KEYBOARD_NOTIFY | EventType::MAP_NOTIFY;
    let parts = MapPart::KEY_SYMS | MapPart::MODIFIER_MAP | MapPart::KEY_TYPES;
    server.xkb_select_events(keyboard, 0_u16.into(), events, parts, parts, &SelectEventsAux::new())?.check()?;
    Ok(())
}

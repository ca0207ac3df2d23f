//! The keys that an X server gives to hob alone, and which of them are down. What is grabbed changes only where it has to: a key that
//! is held stays so across a new configuration and a new layout.

use std::collections::{BTreeMap, BTreeSet};

use x11rb::connection::Connection;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::ErrorKind;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, EventMask, XIEventMask};
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, KeyButMask, Keycode, ModMask, Window};
use x11rb::rust_connection::RustConnection;

use super::keyboard::{CAPS_LOCK, Keyboard, Place};
use crate::core::{Binding, Motion};
use crate::hotkey::key::Key;
use crate::hotkey::source::Bound;

#[derive(Debug)]
pub struct Grabs {
    root: Window,
    keyboard: Keyboard,
    wanted: Vec<(Binding, Key)>,
    grabbed: BTreeMap<Place, Binding>,
    /// The sets of locks with which they are grabbed.
    locks: Vec<u16>,
    down: BTreeMap<Keycode, Down>,
    /// What became of the wanted ones.
    bounds: Vec<Bound>,
    /// Whether another program has some of them.
    taken: BTreeSet<Binding>,
    /// The server has told of releases whoever else has grabbed the keyboard (`XInput` 2.1).
    has_raw_keys: bool,
}

#[derive(Debug)]
struct Down {
    binding: Binding,
    /// For the key Caps Lock: that lock or none, as it was before.
    lock: Option<ModMask>,
}

/// What a moved key means.
pub type Moved = (Binding, Motion);

impl Grabs {
    pub fn new(server: &RustConnection, root: Window) -> Result<Self, ReplyOrIdError> {
        let version = server.xinput_xi_query_version(2, 2).ok().and_then(|cookie| cookie.reply().ok());
        Ok(Self {
            root,
            keyboard: read_keyboard(server)?,
            wanted: Vec::new(),
            grabbed: BTreeMap::new(),
            locks: Vec::new(),
            down: BTreeMap::new(),
            bounds: Vec::new(),
            taken: BTreeSet::new(),
            has_raw_keys: version.is_some_and(|version| (version.major_version, version.minor_version) >= (2, 1)),
        })
    }

    /// From now on these and no others. What became of each is told in the same order.
    pub fn want(&mut self, server: &RustConnection, wanted: Vec<(Binding, Key)>) -> Result<Vec<Bound>, ReplyError> {
        self.wanted = wanted;
        self.grab(server)
    }

    /// The layout has changed. `None` if that changed nothing for these keys.
    pub fn look_again(&mut self, server: &RustConnection) -> Result<Option<Vec<Bound>>, ReplyError> {
        let keyboard = read_keyboard(server)?;
        if keyboard == self.keyboard {
            return Ok(None);
        }
        self.keyboard = keyboard;
        let bounds = self.grab(server)?;
        tracing::debug!("another layout of the keyboard; the keys are {:?}", self.grabbed);
        Ok(Some(bounds))
    }

    /// Another program has a key that is wanted.
    pub fn lack_any(&self) -> bool {
        !self.taken.is_empty()
    }

    /// Asks for those that another program had. `None` if it still has them.
    pub fn try_again(&mut self, server: &RustConnection) -> Result<Option<Vec<Bound>>, ReplyError> {
        let before = self.bounds.clone();
        let now = self.grab(server)?;
        Ok((now != before).then_some(now))
    }

    /// A press of a grabbed key. A repeat of one that is down is none.
    pub fn pressed(
        &mut self,
        server: &RustConnection,
        keycode: Keycode,
        state: KeyButMask,
    ) -> Result<Vec<Moved>, ReplyError> {
        let place = Place { keycode, modifiers: self.keyboard.held(state) };
        let Some(binding) = self.grabbed.get(&place) else { return Ok(Vec::new()) };
        if self.down.contains_key(&keycode) {
            tracing::trace!("the key for {binding} repeats");
            return Ok(Vec::new());
        }
        let pressed = (binding.clone(), Motion::Pressed);
        let lock = self.keyboard.is_caps_lock(keycode).then(|| ModMask::from(u16::from(state) & CAPS_LOCK));
        self.down.insert(keycode, Down { binding: binding.clone(), lock });
        if self.down.len() == 1 {
            self.listen_for_releases(server, XIEventMask::RAW_KEY_RELEASE)?;
        }
        // It may have come up before anybody listened, while another program had the keyboard.
        let is_down = |keys: [u8; 32]| keys[usize::from(keycode / 8)] & (1 << (keycode % 8)) != 0;
        let missed = if is_down(server.query_keymap()?.reply()?.keys) { None } else { self.released(server, keycode)? };
        Ok(std::iter::once(pressed).chain(missed).collect())
    }

    /// A key came up, whatever modifiers are still held.
    pub fn released(&mut self, server: &RustConnection, keycode: Keycode) -> Result<Option<Moved>, ReplyError> {
        let Some(Down { binding, lock }) = self.down.remove(&keycode) else { return Ok(None) };
        if let Some(before) = lock {
            put_back(server, before)?;
        }
        if self.down.is_empty() {
            self.listen_for_releases(server, XIEventMask::from(0_u32))?;
        }
        Ok(Some((binding, Motion::Released)))
    }

    /// Releases of all keys, also of those whose grab another program has broken. Only while one of hob's is down: nobody wants to be
    /// woken by all that is typed, or to read it.
    fn listen_for_releases(&self, server: &RustConnection, mask: XIEventMask) -> Result<(), ReplyError> {
        if self.has_raw_keys {
            let masks = [EventMask { deviceid: u16::from(Device::ALL_MASTER), mask: vec![mask] }];
            server.xinput_xi_select_events(self.root, &masks)?.check()?;
        }
        Ok(())
    }

    fn grab(&mut self, server: &RustConnection) -> Result<Vec<Bound>, ReplyError> {
        let mut places = BTreeMap::new();
        let mut bounds: Vec<Bound> = Vec::new();
        for (binding, key) in &self.wanted {
            let mut bound = Bound { binding: binding.clone(), key: key.to_string(), problem: None };
            match self.keyboard.places(key) {
                Err(problem) => bound.problem = Some(problem.to_string()),
                Ok(found) => {
                    for place in found {
                        if let Some(first) = places.get(&place) {
                            bound.problem = Some(format!("it already means {first}"));
                        } else {
                            places.insert(place, binding.clone());
                        }
                    }
                }
            }
            bounds.push(bound);
        }
        let locks = self.keyboard.locks();
        let stays = |place: &Place| locks == self.locks && self.grabbed.contains_key(place);
        let lost: Vec<Place> =
            self.grabbed.keys().filter(|&place| !(stays(place) && places.contains_key(place))).copied().collect();
        for place in lost {
            self.let_go(server, place)?;
        }
        self.locks = locks;
        let mut taken = BTreeSet::new();
        for (place, binding) in places {
            let is_ours = self.grabbed.contains_key(&place) || self.take(server, place)?;
            if is_ours {
                self.grabbed.insert(place, binding);
            } else {
                taken.insert(binding);
            }
        }
        for bound in &mut bounds {
            if bound.problem.is_none() && taken.contains(&bound.binding) {
                bound.problem = Some("another program has taken it".to_owned());
            }
        }
        self.taken = taken;
        self.bounds.clone_from(&bounds);
        Ok(bounds)
    }

    /// Whether the server gives it to us. All sets of locks, or none of them.
    fn take(&mut self, server: &RustConnection, place: Place) -> Result<bool, ReplyError> {
        let mut cookies = Vec::new();
        for set in &self.locks {
            let modifiers = ModMask::from(place.modifiers | set);
            cookies.push(server.grab_key(
                false,
                self.root,
                modifiers,
                place.keycode,
                GrabMode::ASYNC,
                GrabMode::ASYNC,
            )?);
        }
        let mut is_ours = true;
        for cookie in cookies {
            match cookie.check() {
                Ok(()) => {}
                Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => is_ours = false,
                Err(error) => return Err(error),
            }
        }
        if !is_ours {
            self.let_go(server, place)?;
        }
        Ok(is_ours)
    }

    /// What is down stays so, until its release comes.
    fn let_go(&mut self, server: &RustConnection, place: Place) -> Result<(), ReplyError> {
        for set in &self.locks {
            server.ungrab_key(place.keycode, self.root, ModMask::from(place.modifiers | set))?;
        }
        server.flush()?;
        self.grabbed.remove(&place);
        Ok(())
    }
}

/// A key of hob's locks nothing: the server turns Caps Lock on or off by itself, and this undoes it.
fn put_back(server: &RustConnection, lock: ModMask) -> Result<(), ReplyError> {
    let (keyboard, none) = (u16::from(xkb::ID::USE_CORE_KBD), ModMask::from(0_u16));
    server.xkb_latch_lock_state(keyboard, ModMask::LOCK, lock, false, xkb::Group::M1, none, false, 0)?.check()
}

fn read_keyboard(server: &RustConnection) -> Result<Keyboard, ReplyError> {
    let (first, last) = (server.setup().min_keycode, server.setup().max_keycode);
    let keysyms = server.get_keyboard_mapping(first, last - first + 1)?;
    let modifiers = server.get_modifier_mapping()?.reply()?;
    let keysyms = keysyms.reply()?;
    Ok(Keyboard {
        first,
        columns: keysyms.keysyms_per_keycode.into(),
        keysyms: keysyms.keysyms,
        keycodes_per_modifier: modifiers.keycodes_per_modifier().into(),
        modifiers: modifiers.keycodes,
    })
}

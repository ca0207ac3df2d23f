//! What lies on a clipboard: the same thing in several formats. Pure.

use x11rb::protocol::xproto::{Atom, AtomEnum};

use crate::insert::x11::wire::Atoms;

/// Without `Debug`: it is the user's.
pub type Content = Vec<Item>;

pub struct Item {
    /// By this format it is asked for.
    pub target: Atom,
    /// By this one it is handed over, as numbers of so many bits.
    pub kind: Atom,
    pub bits: u8,
    pub bytes: Vec<u8>,
}

pub fn of_text(atoms: &Atoms, text: &str) -> Content {
    let utf8 = |target, kind| Item { target, kind, bits: 8, bytes: text.as_bytes().to_vec() };
    let mut content = vec![
        utf8(atoms.UTF8_STRING, atoms.UTF8_STRING),
        utf8(atoms.TEXT_PLAIN_UTF8, atoms.TEXT_PLAIN_UTF8),
        utf8(atoms.TEXT_PLAIN, atoms.TEXT_PLAIN),
        utf8(atoms.TEXT, atoms.UTF8_STRING),
    ];
    // Means Latin-1.
    if let Ok(bytes) = text.chars().map(u8::try_from).collect() {
        content.push(Item { target: AtomEnum::STRING.into(), kind: AtomEnum::STRING.into(), bits: 8, bytes });
    }
    content
}

/// Keepers of clipboard histories leave out what is marked so.
pub fn of_passing_text(atoms: &Atoms, text: &str) -> Content {
    let mut content = of_text(atoms, text);
    content.push(Item { target: atoms.PASSING, kind: atoms.PASSING, bits: 8, bytes: b"secret".to_vec() });
    content
}

/// The formats of text, the best first.
pub fn text_targets(atoms: &Atoms) -> [Atom; 4] {
    [atoms.UTF8_STRING, atoms.TEXT_PLAIN_UTF8, atoms.TEXT_PLAIN, AtomEnum::STRING.into()]
}

/// The text of all this, if there is one.
pub fn text(atoms: &Atoms, content: &Content) -> Option<String> {
    let item = text_targets(atoms).into_iter().find_map(|target| content.iter().find(|item| item.target == target))?;
    Some(decoded(item))
}

pub fn decoded(item: &Item) -> String {
    if item.kind == Atom::from(AtomEnum::STRING) {
        item.bytes.iter().copied().map(char::from).collect()
    } else {
        String::from_utf8_lossy(&item.bytes).into_owned()
    }
}

/// Whether asking for this changes something, or is about other formats.
pub fn is_beside(atoms: &Atoms, target: Atom) -> bool {
    let beside = [
        atoms.TARGETS,
        atoms.MULTIPLE,
        atoms.TIMESTAMP,
        atoms.SAVE_TARGETS,
        atoms.DELETE,
        atoms.INSERT_PROPERTY,
        atoms.INSERT_SELECTION,
    ];
    beside.contains(&target)
}

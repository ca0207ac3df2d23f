//! Names of keys, whatever the display.

/// A key, by what it gives in the layout that is active.
#[derive(Debug, Clone, Copy)]
pub enum Key {
    Character(char),
    F(u8),
    Control,
    Shift,
    Alt,
    Super,
    RightControl,
    RightShift,
    RightAlt,
    RightSuper,
    AltGr,
    CapsLock,
    NumLock,
    Return,
    Tab,
    BackSpace,
    Escape,
    End,
    Insert,
}

impl Key {
    /// What writes this letter, where the layout has it.
    pub(crate) fn of(letter: char) -> Self {
        match letter {
            '\n' => Self::Return,
            '\t' => Self::Tab,
            other => Self::Character(other),
        }
    }
}

//! Whether something is to be seen, as the configuration wants it.

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    Yes,
    #[default]
    No,
}

impl From<bool> for Shown {
    fn from(wanted: bool) -> Self {
        if wanted { Self::Yes } else { Self::No }
    }
}

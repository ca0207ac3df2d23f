//! Keeps the token with which the portal grants a session without asking again, in a file that only the user can read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Token {
    file: Option<PathBuf>,
}

impl Token {
    /// Without a folder nothing is kept, and the portal asks each time.
    pub fn new(state_folder: Option<&Path>) -> Self {
        Self { file: state_folder.map(|folder| folder.join("remote-desktop-token")) }
    }

    /// As `$XDG_STATE_HOME/hob` is found for all that hobd remembers.
    pub fn of_the_user() -> Self {
        use etcetera::BaseStrategy;

        let folders = etcetera::choose_base_strategy().ok();
        Self::new(folders.and_then(|folders| folders.state_dir()).map(|folder| folder.join("hob")).as_deref())
    }

    pub fn load(&self) -> Option<String> {
        let token = fs::read_to_string(self.file.as_ref()?).ok()?;
        Some(token.trim().to_owned()).filter(|token| !token.is_empty())
    }

    /// Each token is good for one session, which gives the next.
    pub fn store(&self, token: &str) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let fresh = file.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        options.open(&fresh)?.write_all(token.as_bytes())?;
        fs::rename(fresh, file)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_token_is_kept_for_the_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let token = Token::new(Some(&folder.path().join("hob")));
        assert_eq!(token.load(), None);
        token.store("first").unwrap();
        token.store("second").unwrap();
        assert_eq!(token.load().as_deref(), Some("second"));
        let mode = fs::metadata(folder.path().join("hob/remote-desktop-token")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(Token::new(None).load(), None);
    }
}

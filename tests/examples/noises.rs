//! Writes sounds in which nobody speaks into a folder, with a manifest for `hob bench`.
//!
//!   cargo run --release --package hob-tests --example noises -- FOLDER [SECONDS]

#![expect(clippy::unwrap_used, reason = "a tool of the tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use hob_tests::noises;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("the folder is named");
    let seconds = arguments.next().map_or(4.0, |seconds| seconds.parse().unwrap());
    fs::create_dir_all(&folder).unwrap();
    let mut manifest = "wav\tlanguage\tcategory\ttranscript\n".to_owned();
    for (name, sound) in noises(seconds) {
        sound.write(&Path::new(&folder).join(format!("{name}.wav")));
        writeln!(manifest, "{name}.wav\tnone\tno-speech\t").unwrap();
    }
    fs::write(Path::new(&folder).join("manifest.tsv"), manifest).unwrap();
}

//! A quantised Whisper model of the user's own. Such models take other paths through ggml; some of those use instructions that a
//! machine may promise and then refuse.

use std::fs;

use hob_protocol::daemon::EngineKind;
use hob_tests::{Home, REAL_SPEECH_MODEL, Recording, kept, quantise, real_model};

use crate::assert_says;

#[test]
fn a_quantised_model_is_imported_and_understands() {
    let file = kept().join("tiny.en-q8_0.bin");
    if !file.exists() {
        // Another run may look at the same moment, and must never see half a file.
        let fresh = kept().join(format!("tiny.en-q8_0.{}", std::process::id()));
        quantise(&real_model(REAL_SPEECH_MODEL), &fresh);
        fs::rename(&fresh, &file).unwrap();
    }
    let home = Home::real(&[]);
    let imported = home.hob(&["models", "import", file.to_str().unwrap(), "--name", "small-one"]).printed();
    assert!(imported.starts_with("small-one, a speech model of 4"), "{imported}");

    let daemon = home.start();
    for recording in [Recording::Fox, Recording::Counting] {
        let printed = daemon.hob(&["transcribe", recording.path().to_str().unwrap()]).printed();
        assert_says(&printed, &[recording]);
    }
    let engine = daemon.engine(EngineKind::Speech);
    assert_eq!((engine.model.as_deref(), engine.restarts, engine.refused_builds.len()), (Some("small-one"), 0, 0));
}

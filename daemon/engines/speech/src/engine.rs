//! What the daemon asks of this engine, handed on to the modules that do it.

use std::path::Path;

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Failure, Listening, LoadOptions, RecognitionMode};
use hob_protocol::speech::Transcript;
use hob_worker::{AudioIn, Engine, Job};

use crate::decode::Decoder;
use crate::listen::Along;
use crate::recognizer::Recognizer;
use crate::{clip, cores, listen, native_log};

/// Empty until a model is loaded.
#[derive(Default)]
pub(crate) struct Speech {
    recognizer: Option<Recognizer>,
}

impl Engine for Speech {
    const KIND: EngineKind = EngineKind::Speech;

    fn load(&mut self, job: &Job, model: &Path, options: LoadOptions) -> Result<u32, Failure> {
        native_log::install();
        let threads = if options.threads > 0 { i32::from(options.threads) } else { cores::for_inference() };
        let mut decoder = Decoder::load(model, threads)?;
        decoder.warm_up(job.cancel_flag())?;
        self.recognizer = Some(Recognizer::new(decoder));
        Ok(0)
    }

    fn recognize(
        &mut self,
        job: &Job,
        mode: RecognitionMode,
        listening: Listening,
        audio: AudioIn,
    ) -> Result<Transcript, Failure> {
        let recognizer = self.recognizer.as_mut().expect("the worker loads before it recognises");
        let along = Along::from(&listening);
        let context = recognizer.context(listening)?;
        match mode {
            RecognitionMode::Clip => clip::transcribe(recognizer, context, job, &audio),
            RecognitionMode::Live => listen::listen(recognizer, context, job, &audio, along),
        }
    }
}

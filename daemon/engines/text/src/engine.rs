//! Opens a model and keeps it for the life of the process.

use std::num::NonZeroU32;
use std::path::Path;
use std::thread::available_parallelism;

use hob_protocol::daemon::EngineKind;
use hob_protocol::engine::{Failure, LoadOptions};
use hob_worker::{Engine, Job, Leisure, TextDone, TextWork};
use llama_cpp_2::context::params::{KvCacheType, LlamaContextParams};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_sys_2::LLAMA_FLASH_ATTN_TYPE_ENABLED;

use crate::generate::Loaded;
use crate::log;
use crate::sequence::{BATCH_TOKENS, Sequence};
use crate::serve::serve;
use crate::states::{Origin, States};
use crate::template::{ChatTemplate, SpecialTokens};

/// Context in tokens where nothing else is asked for: some pages of text, and a KV cache that stays below the size of the model.
const CONTEXT_TOKENS: u32 = 4096;
/// Architectures that llama.cpp opens but that do not continue a text.
const NOT_GENERATIVE: [&str; 12] = [
    "bert",
    "modern-bert",
    "nomic-bert",
    "nomic-bert-moe",
    "neo-bert",
    "jina-bert-v2",
    "jina-bert-v3",
    "eurobert",
    "gemma-embedding",
    "t5",
    "t5encoder",
    "wavtokenizer-dec",
];

#[derive(Default)]
pub(crate) struct TextEngine {
    loaded: Option<Loaded>,
}

impl Engine for TextEngine {
    const KIND: EngineKind = EngineKind::Text;

    fn load(&mut self, job: &Job, model: &Path, options: LoadOptions) -> Result<u32, Failure> {
        let loaded = load(model, options)?;
        job.sequences(loaded.sequence.held());
        let context_tokens = loaded.sequence.capacity();
        self.loaded = Some(loaded);
        Ok(context_tokens)
    }

    fn work_on_text(&mut self, job: &Job, work: TextWork) -> Result<TextDone, Failure> {
        let loaded = self.loaded.as_mut().expect("the worker passes requests on once a model is loaded");
        serve(loaded, job, work)
    }

    fn use_leisure(&mut self, leisure: &Leisure<'_>) {
        if let Some(loaded) = &mut self.loaded {
            loaded.sequence.write_states(leisure);
        }
    }
}

fn load(path: &Path, options: LoadOptions) -> Result<Loaded, Failure> {
    log::install();
    #[cfg(vnni)]
    hob_engine_matrix::take_few_tokens();
    let backend = LlamaBackend::init().map_err(|_| unusable("llama.cpp is set up already"))?;
    let model = LlamaModel::load_from_file(&backend, path, &LlamaModelParams::default()).map_err(because)?;
    // Both live as long as the process: another model is another process, and ending it is what gives the memory back.
    let backend: &'static LlamaBackend = Box::leak(Box::new(backend));
    let model: &'static LlamaModel = Box::leak(Box::new(model));
    check(model)?;

    let template = template(model)?;
    let context = model.new_context(backend, context_params(model, &options)).map_err(because)?;
    let origin = Origin { model: path, threads: threads(&options), context_tokens: context.n_ctx() };
    let states = options.states.as_ref().and_then(|wanted| States::open(wanted, &origin));
    let mut sequence = Sequence::new(context, model, states);
    sequence.try_guesses()?;
    Ok(Loaded { model, template, sequence, vocabulary: None, backend, options })
}

pub(crate) fn context_params(model: &LlamaModel, options: &LoadOptions) -> LlamaContextParams {
    let context_tokens = match options.context_tokens {
        0 => CONTEXT_TOKENS.min(model.n_ctx_train()),
        tokens => tokens,
    };
    let threads = i32::from(threads(options));
    LlamaContextParams::default()
        .with_n_ctx(NonZeroU32::new(context_tokens))
        .with_n_batch(BATCH_TOKENS as u32)
        .with_n_ubatch(BATCH_TOKENS as u32)
        .with_n_seq_max(1)
        .with_n_threads(threads)
        .with_n_threads_batch(threads)
        // Keys and values of different types make ggml compute each token of a decode as if it were alone, so that guesses can be checked
        // together, and so does `attention`. Without flash attention, or with one type for both, how many tokens a decode has
        // changes their probabilities, by as much as half a logit with quantised models.
        .with_flash_attention_policy(LLAMA_FLASH_ATTN_TYPE_ENABLED)
        .with_type_v(KvCacheType::BF16)
        .with_no_perf(true)
}

fn threads(options: &LoadOptions) -> u16 {
    match options.threads {
        0 => available_parallelism().map_or(1, |threads| u16::try_from(threads.get()).unwrap_or(u16::MAX)),
        threads => threads,
    }
}

/// Refuses what opens but would abort the process later.
fn check(model: &LlamaModel) -> Result<(), Failure> {
    let architecture = model.meta_val_str("general.architecture").unwrap_or_default();
    if NOT_GENERATIVE.contains(&architecture.as_str()) {
        return Err(unusable(&format!("a model of the kind `{architecture}` does not write text")));
    }
    match model.meta_val_str("tokenizer.ggml.model").as_deref() {
        Err(_) | Ok("none" | "no_vocab") => Err(unusable("it has no vocabulary")),
        Ok(_) => Ok(()),
    }
}

fn template(model: &LlamaModel) -> Result<ChatTemplate, Failure> {
    let text = |token| String::from_utf8_lossy(&model.vocab().token_to_piece(token, true, None)).into_owned();
    let optional = |token: LlamaToken| if token.0 < 0 { String::new() } else { text(token) };
    let special = SpecialTokens { bos: optional(model.vocab().bos()), eos: optional(model.vocab().eos()) };
    let source = model.meta_val_str("tokenizer.chat_template").ok();
    ChatTemplate::new(source, special).map_err(|error| unusable(&error.to_string()))
}

fn unusable(problem: &str) -> Failure {
    Failure::ModelUnusable { problem: problem.to_owned() }
}

/// The binding's errors say little; what llama.cpp logged says more.
fn because(error: impl std::error::Error) -> Failure {
    unusable(&log::take_error().unwrap_or_else(|| error.to_string()))
}

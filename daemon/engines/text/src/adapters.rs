//! LoRA adapters of the model: each is loaded when a request first asks for it, and at most one is in force.

use std::mem::ManuallyDrop;
use std::path::Path;
use std::ptr;
use std::sync::Arc;

use hob_protocol::engine::{Adapter, Failure};
use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::model::{LlamaLoraAdapter, LlamaModel};

use crate::log;
use crate::states::identity;

/// How much of the change is made. Adapters bring their own factor along.
const WHOLE: f32 = 1.0;

/// Tells what was computed with one adapter from what was computed with another: the checksum on record, and which file that was.
pub(crate) type Binding = Arc<str>;

pub(crate) struct Adapters {
    model: &'static LlamaModel,
    loaded: Vec<Loaded>,
    in_force: Option<Binding>,
}

struct Loaded {
    binding: Binding,
    handle: LlamaLoraAdapter,
    /// Tokens that may be guessed at once while it is in force; `None` until it was tried.
    guesses: Option<usize>,
}

impl Adapters {
    pub(crate) fn new(model: &'static LlamaModel) -> Self {
        Self { model, loaded: Vec::new(), in_force: None }
    }

    /// Has an adapter loaded.
    pub(crate) fn load(&mut self, adapter: &Adapter) -> Result<Binding, Failure> {
        let unusable = |problem: String| Failure::AdapterUnusable { name: adapter.name.clone(), problem };
        let identity = identity(&adapter.path).ok_or_else(|| unusable("its file is gone".to_owned()))?;
        let binding: Binding = format!("{} {identity}", adapter.sha256).into();
        if !self.loaded.iter().any(|loaded| loaded.binding == binding) {
            let handle = open(self.model, &adapter.path).map_err(unusable)?;
            self.loaded.push(Loaded { binding: Arc::clone(&binding), handle, guesses: None });
        }
        Ok(binding)
    }

    /// What was found out with this one in force.
    pub(crate) fn guesses(&self, binding: &Binding) -> Option<usize> {
        self.loaded.iter().find(|loaded| loaded.binding == *binding)?.guesses
    }

    pub(crate) fn set_guesses(&mut self, binding: &Binding, guesses: usize) {
        if let Some(loaded) = self.loaded.iter_mut().find(|loaded| loaded.binding == *binding) {
            loaded.guesses = Some(guesses);
        }
    }

    /// Puts one of those that are loaded in force, or none.
    pub(crate) fn choose(
        &mut self,
        context: &mut LlamaContext<'static>,
        wanted: Option<&Binding>,
    ) -> Result<(), Failure> {
        if self.in_force.as_ref() == wanted {
            return Ok(());
        }
        let because = |problem: String| Failure::Inference { problem };
        let named = wanted.or(self.in_force.as_ref());
        let found = self.loaded.iter_mut().find(|loaded| Some(&loaded.binding) == named);
        let Loaded { handle, .. } = found.expect("a binding comes from `load`, and nothing is unloaded");
        match wanted {
            Some(_) => context.lora_adapter_set(handle, WHOLE).map_err(|error| because(error.to_string()))?,
            None => context.lora_adapter_remove(handle).map_err(|error| because(error.to_string()))?,
        }
        self.in_force = wanted.cloned();
        Ok(())
    }
}

#[expect(unsafe_code, reason = "the safe variant wants the model for itself, which contexts share")]
fn open(model: &'static LlamaModel, path: &Path) -> Result<LlamaLoraAdapter, String> {
    // SAFETY: a copy of the handle that is never dropped. llama.cpp only adds the adapter to the model's list of them, which contexts
    // read when they plan a graph; all of that is on this one thread.
    let mut handle = ManuallyDrop::new(unsafe { ptr::read(model) });
    handle.lora_adapter_init(path).map_err(|error| log::take_error().unwrap_or_else(|| error.to_string()))
}

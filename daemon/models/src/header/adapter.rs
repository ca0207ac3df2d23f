//! A LoRA adapter, and whether it fits a model: of the same architecture, with tensors that change tensors of the model of the same
//! size. llama.cpp looks at the same, but only once both are loaded, and says less.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use super::gguf::{self, Contents};
use super::reader::Reader;
use super::{Format, Problem, sniff};

/// Why an adapter is of no use for a model.
#[derive(Debug, thiserror::Error)]
pub enum Misfit {
    /// One of the two files is not sound.
    #[error("{file}")]
    File {
        /// Which of them.
        file: String,
        /// What is wrong with it.
        #[source]
        problem: Problem,
    },
    /// A GGUF of another purpose.
    #[error("it is no LoRA adapter")]
    NoAdapter,
    /// Made for another family of models.
    #[error("it is for models of the architecture `{adapter}`, and this one is of `{model}`")]
    Architecture {
        /// What the adapter is for.
        adapter: String,
        /// What the model is.
        model: String,
    },
    /// The model has no such tensor, or one half of the change is missing.
    #[error("it changes `{tensor}`, which it cannot: {why}")]
    Tensor {
        /// The model's tensor.
        tensor: String,
        /// In words.
        why: String,
    },
}

/// Looks at the heads of both files. What it does not find is not there.
pub fn check_adapter(adapter: &Path, model: &Path) -> Result<(), Misfit> {
    let contents =
        |path: &Path| read(path).map_err(|problem| Misfit::File { file: path.display().to_string(), problem });
    fits(&contents(adapter)?, &contents(model)?)
}

fn read(path: &Path) -> Result<Contents, Problem> {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(Problem::NotAModel);
    }
    if about.len() == 0 {
        return Err(Problem::Empty);
    }
    let mut reader = Reader::new(File::open(path)?, about.len());
    match sniff(&mut reader, Some(Format::Gguf))? {
        Format::Gguf => gguf::read(&mut reader),
        Format::Ggml => Err(Problem::WrongFormat { found: Format::Ggml.name(), expected: Format::Gguf.name() }),
    }
}

fn fits(adapter: &Contents, model: &Contents) -> Result<(), Misfit> {
    if adapter.purpose.as_deref() != Some("adapter") || adapter.adapter.as_deref() != Some("lora") {
        return Err(Misfit::NoAdapter);
    }
    let (of, is) = (&adapter.header.architecture, &model.header.architecture);
    if of != is {
        return Err(Misfit::Architecture { adapter: of.clone(), model: is.clone() });
    }
    let sizes: BTreeMap<&str, &[u64; 4]> = model.shapes.iter().map(|(name, size)| (name.as_str(), size)).collect();
    let mut changes: BTreeMap<&str, [Option<&[u64; 4]>; 2]> = BTreeMap::new();
    for (name, size) in &adapter.shapes {
        match (name.strip_suffix(".lora_a"), name.strip_suffix(".lora_b")) {
            (Some(tensor), _) => changes.entry(tensor).or_default()[0] = Some(size),
            (None, Some(tensor)) => changes.entry(tensor).or_default()[1] = Some(size),
            (None, None) => return Err(misfit(name, "hob knows only changes by LoRA".to_owned())),
        }
    }
    for (tensor, halves) in changes {
        let [Some(a), Some(b)] = halves else {
            return Err(misfit(tensor, "one half of the change is missing".to_owned()));
        };
        let Some(size) = sizes.get(tensor) else {
            return Err(misfit(tensor, "the model has none of that name".to_owned()));
        };
        // The table of words is read by rows, and so the other way round.
        let (inner, outer, rank) =
            if tensor == "token_embd.weight" { (b[1], a[1], a[0] == b[0]) } else { (a[0], b[1], a[1] == b[0]) };
        if !rank {
            return Err(misfit(tensor, "the halves of the change do not fit each other".to_owned()));
        }
        if [inner, outer] != size[..2] {
            return Err(misfit(
                tensor,
                format!("it is for {inner} × {outer}, and the model has {} × {}", size[0], size[1]),
            ));
        }
    }
    Ok(())
}

fn misfit(tensor: &str, why: String) -> Misfit {
    Misfit::Tensor { tensor: tensor.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::super::Header;
    use super::*;
    use crate::Kind;

    fn contents(architecture: &str, purpose: Option<&str>, shapes: &[(&str, [u64; 2])]) -> Contents {
        let header = Header {
            kind: Kind::Text,
            architecture: architecture.to_owned(),
            context: None,
            multilingual: true,
            tensors: shapes.len() as u64,
        };
        let shapes = shapes.iter().map(|(name, [a, b])| ((*name).to_owned(), [*a, *b, 1, 1])).collect();
        Contents { header, purpose: purpose.map(str::to_owned), adapter: purpose.map(|_| "lora".to_owned()), shapes }
    }

    #[test]
    fn an_adapter_fits_a_model_whose_tensors_it_can_change() {
        let model = contents("llama", None, &[("q", [8, 4]), ("token_embd.weight", [8, 100])]);
        let says = |architecture: &str, shapes: &[(&str, [u64; 2])]| {
            fits(&contents(architecture, Some("adapter"), shapes), &model).map_err(|misfit| misfit.to_string())
        };
        assert_eq!(says("llama", &[("q.lora_a", [8, 2]), ("q.lora_b", [2, 4])]), Ok(()));
        let table = [("token_embd.weight.lora_a", [2, 100]), ("token_embd.weight.lora_b", [2, 8])];
        assert_eq!(says("llama", &table), Ok(()));
        let refused = |architecture: &str, shapes: &[(&str, [u64; 2])]| says(architecture, shapes).unwrap_err();
        assert_eq!(refused("qwen2", &[]), "it is for models of the architecture `qwen2`, and this one is of `llama`");
        for (shapes, why) in [
            (&[("q.lora_a", [8, 2])][..], "one half of the change is missing"),
            (&[("k.lora_a", [8, 2]), ("k.lora_b", [2, 4])], "the model has none of that name"),
            (&[("q.lora_a", [9, 2]), ("q.lora_b", [2, 4])], "it is for 9 × 4, and the model has 8 × 4"),
            (&[("q.lora_a", [8, 2]), ("q.lora_b", [3, 4])], "the halves of the change do not fit each other"),
            (&[("q.scale", [8, 2])], "hob knows only changes by LoRA"),
        ] {
            assert!(refused("llama", shapes).ends_with(why), "{}", refused("llama", shapes));
        }
        assert!(matches!(fits(&contents("llama", None, &[]), &model), Err(Misfit::NoAdapter)));
    }
}

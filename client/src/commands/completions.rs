//! `hob completions`: what a shell needs to complete the command line. With a daemon it knows the names of the text actions, the user's own
//! among them; without one it does as well, but for these.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use hob_protocol::method::{Actions, Nothing};

use super::ask;
use crate::cli::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(shell: Shell, output: &mut Output) -> Result<Exit, Failure> {
    let actions = ask(Actions, &Nothing {}).map(|reply| reply.actions).unwrap_or_default();
    let actions = actions.into_iter().map(|action| (action.name, action.help)).collect::<Vec<_>>();
    let mut command = if actions.is_empty() { Cli::command() } else { with_actions(Cli::command(), &actions) };
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "hob", &mut script);
    output.line(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Ok)
}

/// Wherever an action is named.
fn with_actions(command: Command, actions: &[(String, String)]) -> Command {
    // For as long as the process, which ends when the script is printed.
    let value = |(name, help): &(String, String)| PossibleValue::new(&*name.clone().leak()).help(&*help.clone().leak());
    let values: Vec<PossibleValue> = actions.iter().map(value).collect();
    // `mut_arg` would put the argument behind all others, and so the text before the action.
    command.mut_subcommands(|subcommand| with_actions(subcommand, actions)).mut_args(|argument| {
        if argument.get_id() == "action" {
            argument.value_parser(PossibleValuesParser::new(values.clone()))
        } else {
            argument
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_completed_wherever_one_is_named() {
        let actions = [("standup".to_owned(), "Make a note".to_owned())];
        let mut command = with_actions(Cli::command(), &actions);
        let mut script = Vec::new();
        clap_complete::generate(Shell::Fish, &mut command, "hob", &mut script);
        let script = String::from_utf8(script).unwrap();
        assert!(script.matches("standup").count() >= 2, "run, and dictate --action: {script}");
        let run = command.find_subcommand("run").unwrap();
        assert_eq!(
            run.get_positionals().map(|argument| argument.get_id().as_str()).collect::<Vec<_>>(),
            ["action", "text"]
        );
    }
}

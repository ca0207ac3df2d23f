//! `hob call`: any method of the socket, with JSON in and out, for what has no subcommand of its own.

use hob_protocol::client::CallError;
use hob_protocol::wire::Call;
use serde_json::Value;

use crate::cli;
use crate::connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn execute(arguments: cli::Call, output: &mut Output) -> Result<Exit, Failure> {
    let parameters = arguments.parameters.as_deref().map(read).transpose()?;
    let mut client = connection::connect()?;
    client.send(&Call { method: arguments.method, parameters, more: arguments.more, ..Call::default() })?;
    loop {
        let reply = client.receive()?;
        let continues = reply.continues;
        let parameters = reply.into_result().map_err(CallError::Refused)?;
        output.json(&parameters)?;
        if !continues {
            return Ok(Exit::Ok);
        }
    }
}

fn read(parameters: &str) -> Result<Value, Failure> {
    let problem = match serde_json::from_str(parameters) {
        Ok(object @ Value::Object(_)) => return Ok(object),
        Ok(_) => "the parameters are not a JSON object".to_owned(),
        Err(error) => format!("the parameters are not JSON: {error}"),
    };
    Err(Failure::Usage { problem, hint: "write them as '{\"name\":\"value\"}', in quotes for the shell" })
}

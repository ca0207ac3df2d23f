//! Tells when other programs are gone from an X server, because the keys that they had are free then. The server is asked for that alone
//! (RECORD, of which nothing that anybody types is wanted), and only while a key of hob's is in other hands.

use x11rb::connection::Connection;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::record::{self, CS, ConnectionExt as _, Range};
use x11rb::rust_connection::RustConnection;

use crate::graphical_session::Variables;
use crate::hotkey::thread::Bell;
use crate::x_server;

/// A client has gone, in the words of the extension.
const CLIENT_DIED: u8 = 3;

/// Rings a bell for each program that goes. Dropped, or with the first connection, it ends.
pub struct Departures {
    context: record::Context,
}

impl Departures {
    /// `None` where the server does not tell; then keys are asked for again at other moments.
    pub fn watch(server: &RustConnection, session: &Variables, bell: Bell) -> Option<Self> {
        let context =
            Self::prepare(server).inspect_err(|error| tracing::debug!("no news of programs that go: {error}"));
        let context = context.ok()?;
        // The answers of this extension take a whole connection.
        let (listening, _) = x_server::connect(session).ok()?;
        let thread = std::thread::Builder::new().name("hotkeys-freed".to_owned());
        let started = thread.spawn(move || {
            let Ok(news) = listening.record_enable_context(context) else { return };
            for one in news {
                match one {
                    Ok(one) if one.category == CLIENT_DIED => bell.ring(),
                    Ok(_) => {}
                    Err(_) => return,
                }
            }
        });
        started.ok().map(|_| Self { context })
    }

    fn prepare(server: &RustConnection) -> Result<record::Context, ReplyOrIdError> {
        server.record_query_version(1, 13)?.reply()?;
        let context = server.generate_id()?;
        let deaths = Range { client_died: true, ..Range::default() };
        let everybody = u32::from(u8::from(CS::ALL_CLIENTS));
        server.record_create_context(context, 0, &[everybody], &[deaths])?.check()?;
        Ok(context)
    }

    /// Also ends the thread: it reads the end of the news.
    pub fn stop(self, server: &RustConnection) -> Result<(), ReplyError> {
        server.record_disable_context(self.context)?;
        server.record_free_context(self.context)?.check()
    }
}

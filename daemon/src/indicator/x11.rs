//! The window on an X server: one that no window manager looks after, and that clicks go through.

use std::error::Error;

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::shape::SK;
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, Gcontext, ImageFormat,
    Pixmap, PropMode, Rectangle, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::card::{HEIGHT, WIDTH};
use super::pane::{BELOW, Screen};
use crate::graphical_session::Variables;
use crate::x_server;

/// Of the pixels that the card is drawn in.
const DEPTH: u8 = 24;

/// The server paints it again by itself whenever it was covered, from the picture it has.
pub(super) struct Card {
    server: RustConnection,
    window: Window,
    picture: Pixmap,
    context: Gcontext,
    is_mapped: bool,
}

impl Card {
    pub(super) fn open(session: &Variables) -> Result<Self, Box<dyn Error>> {
        let (server, screen) = x_server::connect(session)?;
        if screen.root_depth != DEPTH {
            return Err(format!("its screen has {} bits a pixel", screen.root_depth).into());
        }
        let root = screen.root;
        let (x, y) = place(&server, root)?;
        let (window, picture, context) = (server.generate_id()?, server.generate_id()?, server.generate_id()?);
        // No window manager looks after it, and so none gives it the keyboard.
        let attributes = CreateWindowAux::new().override_redirect(1);
        let depth = COPY_DEPTH_FROM_PARENT;
        server.create_window(depth, window, root, x, y, WIDTH, HEIGHT, 0, WindowClass::INPUT_OUTPUT, 0, &attributes)?;
        server.create_pixmap(DEPTH, picture, window, WIDTH, HEIGHT)?;
        server.create_gc(context, picture, &CreateGCAux::new())?;
        let card = Self { server, window, picture, context, is_mapped: false };
        card.describe()?;
        card.let_clicks_through()?;
        Ok(card)
    }

    /// For compositors, which give such windows no shadow and no animation.
    fn describe(&self) -> Result<(), ReplyError> {
        let atom = |name: &str| Ok::<_, ReplyError>(self.server.intern_atom(false, name.as_bytes())?.reply()?.atom);
        let (kind, notification) = (atom("_NET_WM_WINDOW_TYPE")?, atom("_NET_WM_WINDOW_TYPE_NOTIFICATION")?);
        self.server.change_property32(PropMode::REPLACE, self.window, kind, AtomEnum::ATOM, &[notification])?;
        self.server.change_property8(
            PropMode::REPLACE,
            self.window,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            b"hob-indicator\0hob-indicator\0",
        )?;
        Ok(())
    }

    fn let_clicks_through(&self) -> Result<(), ReplyOrIdError> {
        self.server.xfixes_query_version(5, 0)?.reply()?;
        let nothing = self.server.generate_id()?;
        self.server.xfixes_create_region(nothing, &[] as &[Rectangle])?;
        self.server.xfixes_set_window_shape_region(self.window, SK::INPUT, 0, 0, nothing)?;
        self.server.xfixes_destroy_region(nothing)?;
        Ok(())
    }
}

impl Screen for Card {
    fn name(&self) -> &'static str {
        "X11"
    }

    fn paint(&mut self, pixels: &[u8]) -> Result<(), Box<dyn Error>> {
        let format = ImageFormat::Z_PIXMAP;
        // Row by row in strips that fit a request of any server.
        let row = usize::from(WIDTH) * 4;
        let mut top = 0;
        for rows in pixels.chunks(row * STRIP) {
            let height = (rows.len() / row) as u16;
            self.server.put_image(format, self.picture, self.context, WIDTH, height, 0, top, 0, DEPTH, rows)?;
            top += height.cast_signed();
        }
        let background = ChangeWindowAttributesAux::new().background_pixmap(self.picture);
        self.server.change_window_attributes(self.window, &background)?;
        self.server.clear_area(false, self.window, 0, 0, 0, 0)?;
        if !std::mem::replace(&mut self.is_mapped, true) {
            self.server.map_window(self.window)?;
        }
        // Also finds out that the server is gone.
        self.server.sync()?;
        // Nobody waits for events, and they must not pile up.
        while self.server.poll_for_event()?.is_some() {}
        Ok(())
    }
}

/// Rows in one request.
const STRIP: usize = 64;

/// In the middle of the lower edge of the monitor with the pointer, where a person looks.
fn place(server: &RustConnection, root: Window) -> Result<(i16, i16), ReplyError> {
    let pointer = server.query_pointer(root)?.reply()?;
    let area = server.get_geometry(root)?.reply()?;
    let whole = (0, 0, i32::from(area.width), i32::from(area.height));
    // A server without RandR has one monitor.
    let monitors = server.randr_get_monitors(root, true).ok().and_then(|asked| asked.reply().ok());
    let monitors = monitors.map(|reply| reply.monitors).unwrap_or_default();
    let monitors = monitors.iter().map(|monitor| {
        (i32::from(monitor.x), i32::from(monitor.y), i32::from(monitor.width), i32::from(monitor.height))
    });
    let (at_x, at_y) = (i32::from(pointer.root_x), i32::from(pointer.root_y));
    let holds = |&(x, y, width, height): &(i32, i32, i32, i32)| {
        (x..x + width).contains(&at_x) && (y..y + height).contains(&at_y)
    };
    let (x, y, width, height) = monitors.into_iter().find(holds).unwrap_or(whole);
    let left = x + (width - i32::from(WIDTH)) / 2;
    let top = y + height - i32::from(HEIGHT) - BELOW;
    Ok((left as i16, top as i16))
}

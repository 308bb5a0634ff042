//! A client's shop page, for the demo: somebody else's site that embeds the form.

use askama::Template;

use super::Page;

/// The shop page with the form in an iframe.
#[derive(Debug, Clone, Template)]
#[template(path = "shop.html")]
pub struct ShopPage {
    /// Frame.
    pub page: Page,
    /// The shop.
    pub shop: String,
    /// What it sells, one line.
    pub tagline: String,
    /// The configured product.
    pub product: String,
    /// What was chosen: "Eiche, geölt".
    pub options: Vec<(String, String)>,
    /// The price, as text.
    pub price: String,
    /// The address of the form: the source of the iframe.
    pub form: String,
}

//! The pages people see, one file per page, in German and English.
//!
//! | module | subject |
//! |---|---|
//! | `frame`, `failure`, `fields` | what every page needs: language, links, errors, fields of a form |
//! | `law`, `words`, `ledger` | sentences from the policy; texts of pages; promises with their states |
//! | `start`, `notice`, `status` | for everybody |
//! | `form`, `purchase`, `iban` | the purchase form that clients embed |
//! | `desk`, `login`, `cookie` | the client's log-in |
//! | `shoppers`, `shopper`, `delete`, `download`, `receipts`, `end` | the client's pages |
//! | `demo`, `shop`, `samples` | what only a demo has |

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use crate::app::App;

mod cookie;
mod delete;
mod demo;
mod desk;
mod download;
mod end;
mod failure;
mod fields;
mod form;
mod frame;
mod iban;
mod law;
mod ledger;
mod login;
mod notice;
mod purchase;
mod receipts;
mod samples;
mod shop;
mod shopper;
mod shoppers;
mod start;
mod status;
mod versions;
mod words;

#[cfg(test)]
mod tests;

/// The routes of all pages, with the page for addresses that lead nowhere.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(start::show))
        .route("/notice/{file}", get(notice::show))
        .route("/versions", get(versions::show))
        .route("/versions.json", get(versions::json))
        .route("/versions/{version}/{file}", get(versions::notice))
        .route("/status", get(status::show))
        .route("/status.json", get(status::json))
        .route("/embed/{tenant}/order", get(purchase::show).post(purchase::submit))
        .route("/client/login", get(login::show).post(login::enter))
        .route("/client/logout", post(login::leave))
        .route("/client/basic", get(login::basic))
        .route("/client", get(shoppers::home))
        .route("/client/", get(shoppers::show))
        .route("/client/find", post(shoppers::find))
        .route("/client/shoppers/{subject}", get(shopper::show))
        .route("/client/shoppers/{subject}/withdraw", post(shopper::withdraw))
        .route("/client/shoppers/{subject}/delete", get(delete::ask).post(delete::erase))
        .route("/client/shoppers/{subject}/{file}", get(download::shopper))
        .route("/client/account/{file}", get(download::account))
        .route("/client/receipts", get(receipts::list))
        .route("/client/receipts/{receipt}", get(receipts::show))
        .route("/client/end", get(end::ask).post(end::finish))
        .route("/client/{file}", get(download::shoppers))
        .route("/demo/clock", post(demo::clock))
        .route("/demo/shop/{tenant}", get(shop::show))
        .route("/demo/errors/{kind}", get(samples::error))
        .route("/demo/pages.json", get(samples::pages))
        .fallback(failure::nothing_here)
        .method_not_allowed_fallback(failure::nothing_here)
}

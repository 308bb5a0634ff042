//! Prints the description of the API: `cargo run -p obhut-web --example openapi > docs/openapi.json`.

fn main() {
    println!("{:#}", obhut_web::api::document());
}

/// The files that the server hands out, built into it. A module of its own, because the compiler takes several
/// seconds over them: once, and not with every change of the program.
public enum Assets {
    /// The page for people, HTML.
    public static let page = PackageResources.index_html
    /// The description of the API, OpenAPI as YAML.
    public static let description = PackageResources.openapi_yaml
}

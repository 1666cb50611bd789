import Testing

@testable import Counter

@Suite struct FilePathsTests {
    @Test(arguments: [
        ("/data/counter.json", "/data/counter.lock", "/data", ".counter.json.tmp"),
        ("counter.json", "./counter.lock", ".", ".counter.json.tmp"),
        ("/counter.json", "/counter.lock", "/", ".counter.json.tmp"),
        ("/d/counter", "/d/counter.lock", "/d", ".counter.tmp"),
        ("/d/a.b.json", "/d/a.b.lock", "/d", ".a.b.json.tmp"),
        ("/d/.hidden", "/d/.hidden.lock", "/d", "..hidden.tmp"),
        ("data/counter.json", "data/counter.lock", "data", ".counter.json.tmp"),
        ("/d/a b.json", "/d/a b.lock", "/d", ".a b.json.tmp"),
        ("/d/.a.json", "/d/.a.lock", "/d", "..a.json.tmp"),
        ("/d/a..json", "/d/a..lock", "/d", ".a..json.tmp"),
        ("/d/é.json", "/d/é.lock", "/d", ".é.json.tmp"),
        ("/d.e/counter", "/d.e/counter.lock", "/d.e", ".counter.tmp"),
    ])
    func theNamesAreThoseThatPythonFinds(counter: String, lock: String, directory: String, temporary: String)
    {
        let paths = FilePaths(counter: counter)
        #expect(paths.lock == lock)
        #expect(paths.directory == directory)
        #expect(paths.temporaryName == temporary)
    }
}

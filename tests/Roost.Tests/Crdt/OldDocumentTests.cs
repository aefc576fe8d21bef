using Roost.Crdt;

namespace Roost.Tests.Crdt;

/// <summary>A document written by Yjs 13.2.0 (2020) with old kinds of content, and the same as Yjs 13.6.33 writes it again.</summary>
public class OldDocumentTests
{
    private const string Written =
        "01104d00040104746578740548656c6c6f844d040120814d0502844d0703726c64464d0004626f6c640474727565c64d044d0504626f6c64046e756c" +
        "6cc54d0c4d051b7b22696d616765223a22612e706e67222c226e223a5b312c325d7d010105617272617901884d0e01770374776f884d0f0276010574" +
        "687265657d0378c74d0f4d100128004d12016b0175027d017d022101036d6170017801a84d140177036e65772701036d617001740204004d1605696e" +
        "6e6572014d0306020e011401";

    private const string Again =
        "01104d00040104746578740548656c6c6f844d040120814d0502844d0703726c64464d0004626f6c640474727565c64d044d0504626f6c64046e756c" +
        "6cc54d0c4d051b7b22696d616765223a22612e706e67222c226e223a5b312c325d7d010105617272617901884d0e01770374776f884d0f0276010574" +
        "687265657d0378c74d0f4d100128004d12016b0175027d017d022101036d6170017801a84d140177036e65772701036d617001740204004d1605696e" +
        "6e6572014d0306020e011401";

    private const string AgainV2 =
        "0002000203cd010e0b080204461004020006050004000a00161d04008400810084004600c600c50001008801c70028002100a8002700043628746578" +
        "7448656c6c6f20726c64626f6c64626f6c6461727261796b6d6170786d617074696e6e65720405010344000501030103010507010100000101000201" +
        "0206024100024101011000787e760205696d6167657705612e706e67016e75027d017d02770374776f76010574687265657d037875027d017d027703" +
        "6e6577014d03060106000500";

    [Fact]
    public void A_document_of_Yjs_13_2_is_read_and_written_as_today()
    {
        var doc = new YDoc(1);
        doc.ApplyUpdate(Bytes.From(Written));
        Assert.Equal("""[{"insert":"Hello","attributes":{"bold":true}},{"insert":{"image":"a.png","n":[1,2]}},{"insert":" rld"}]""", Bytes.Delta(doc.GetText("text")));
        Assert.Equal("""["two",{"k":[1,2]},{"three":3},true]""", Bytes.Json(doc.GetArray("array")));
        Assert.Equal("""{"x":"new","t":"inner"}""", Bytes.Json(doc.GetMap("map")));
        Assert.Equal(Again, Bytes.Hex(doc.EncodeStateAsUpdate()));
        Assert.Equal(AgainV2, Bytes.Hex(doc.EncodeStateAsUpdateV2()));
    }

    [Fact]
    public void Old_JSON_content_is_kept_as_it_is()
    {
        // Two strings of JSON, one of them "undefined", in an array.
        const string json = "01010500020101610222227822" + "09756e646566696e656400";
        var doc = new YDoc(1);
        doc.ApplyUpdate(Bytes.From(json.Replace("22227822", "03227822")));
        Assert.Equal("""["x",null]""", Bytes.Json(doc.GetArray("a")));
        Assert.Equal(json.Replace("22227822", "03227822"), Bytes.Hex(doc.EncodeStateAsUpdate()));
    }
}

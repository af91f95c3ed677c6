package synthetic

import "strings"

// nation is a country as the applicants from it write their data.
type nation struct {
	code            string
	women, men      string // given names, separated by spaces
	families        string // "Kowalska/Kowalski" where women and men differ
	familyFirst     bool
	joined          bool   // no space between family and given name
	cities, streets string // separated by |; '#' stands for a digit
	phone           string // '#' stands for a digit
	number          string // of a document; '@' stands for a letter, '#' for a digit
}

// unassigned is a telephone number that cannot be anybody's: the country code 999
// is not given out.
const unassigned = "+999 ## ### ####"

// nations are those that the applicants come from. Telephone numbers are those
// that the country's regulator keeps free for fiction, where it keeps some.
var nations = []nation{
	{code: "ES", women: "Lucía Carmen Inés María_José Paula", men: "Javier Álvaro Íñigo Pablo José_Antonio", families: "Fernández_Quispe García_Núñez Ortega_Peña Ibáñez_Roca Domènech_Puig Muñoz_Lara",
		cities: "28004 Madrid|08015 Barcelona|41003 Sevilla", streets: "Calle Alcalá ##|Calle del Pez #|Avenida Diagonal 1##", phone: unassigned, number: "@@@######"},
	{code: "PL", women: "Zofia Agnieszka Małgorzata Łucja", men: "Tomasz Paweł Łukasz Grzegorz", families: "Wójcik Kowalska/Kowalski Szczęsna/Szczęsny Dąbrowska/Dąbrowski",
		cities: "00-024 Warszawa|31-020 Kraków|80-831 Gdańsk", streets: "ul. Długa ##/#|ul. Świętojańska #|al. Jerozolimskie 1##", phone: unassigned, number: "@@@######"},
	{code: "VN", women: "Thị_Hương Thị_Mai Ngọc_Ánh", men: "Văn_Đức Quốc_Bảo Minh_Tuấn", families: "Nguyễn Đặng Trần Phạm Võ Hoàng Bùi", familyFirst: true,
		cities: "100000 Hà Nội|700000 Thành phố Hồ Chí Minh|550000 Đà Nẵng", streets: "## Phố Hàng Bạc|1## Đường Lê Lợi", phone: unassigned, number: "@#######"},
	{code: "EG", women: "نور سارة ليلى مريم", men: "أحمد محمد عمر كريم", families: "السيد حداد منصور إبراهيم الخوري يوسف",
		cities: "11511 Cairo|21519 Alexandria", streets: "## Talaat Harb Street|# El Corniche", phone: unassigned, number: "@########"},
	{code: "CN", women: "静 丽 敏 雪梅 婷", men: "伟 强 磊 志明 浩", families: "王 李 张 刘 陈 杨", familyFirst: true, joined: true,
		cities: "200001 上海市|100006 北京市|510030 广州市", streets: "南京东路1##号|东长安街##号|北京路2##号", phone: unassigned, number: "@@#######"},
	{code: "GR", women: "Σοφία Ελένη Κατερίνα", men: "Γιώργος Νίκος Δημήτρης", families: "Παπαδοπούλου/Παπαδόπουλος Αλεξίου Γεωργίου Νικολάου",
		cities: "105 63 Αθήνα|546 24 Θεσσαλονίκη", streets: "Ερμού ##|Τσιμισκή 1##", phone: unassigned, number: "@@#######"},
	{code: "UA", women: "Олена Ірина Соломія", men: "Тарас Олександр Юрій", families: "Шевченко Коваленко Бондаренко Ткачук Мельник Гнатюк",
		cities: "01001 Київ|79000 Львів", streets: "вул. Хрещатик ##|вул. Городоцька 1##", phone: unassigned, number: "@@######"},
	{code: "NG", women: "Olúwaṣeun Adébọ̀lá Ifẹ́olúwa Amara", men: "Ọlá Babátúndé Chukwuemeka Adéṣínà", families: "Adébáyọ̀ Ọláwálé Okafor Ògúnlẹ́yẹ",
		cities: "101233 Lagos|200284 Ibadan", streets: "## Broad Street|1# Bodija Road", phone: unassigned, number: "@########"},
	{code: "IE", women: "Aoife Saoirse Niamh", men: "Oisín Tadhg Seán", families: "Ní_Bhriain/Ó_Briain Ní_Dhomhnaill/Ó_Domhnaill Murphy O’Sullivan",
		cities: "Dublin D02 X285|Galway H91 E2R8", streets: "## Merrion Square|# Shop Street", phone: "+353 20 91# ####", number: "@@#######"},
	{code: "IN", women: "प्रिया अनन्या दीपिका", men: "राजेश विक्रम संजय", families: "शर्मा वर्मा सिंह गुप्ता मिश्रा यादव",
		cities: "110001 New Delhi|400001 Mumbai|560001 Bengaluru", streets: "1# Connaught Place|## Mahatma Gandhi Road", phone: unassigned, number: "@#######"},
	{code: "JP", women: "さくら ゆき あおい", men: "たけし けんた ひろし", families: "たなか さとう たかはし すずき やまもと こばやし", familyFirst: true,
		cities: "100-0001 東京都千代田区|530-0001 大阪市北区", streets: "丸の内1-#-#|梅田2-#-##", phone: unassigned, number: "@@#######"},
	{code: "KR", women: "서연 지우 민지", men: "민준 도윤 준호", families: "김 이 박 최 정", familyFirst: true, joined: true,
		cities: "04524 서울특별시|48058 부산광역시", streets: "세종대로 1##|해운대로 ##", phone: unassigned, number: "@########"},
	{code: "BR", women: "Beatriz Conceição Letícia", men: "Mateus João_Pedro Antônio", families: "Carvalho_Lima da_Silva Gonçalves dos_Santos_Araújo Magalhães Brandão",
		cities: "01310-100 São Paulo|20040-002 Rio de Janeiro", streets: "Avenida Paulista 1###|Rua da Assembleia ##", phone: unassigned, number: "@@######"},
	{code: "SE", women: "Åsa Elin Märta", men: "Jonas Björn Örjan", families: "Lindqvist Åkerström Sjögren Öberg Håkansson Nyström",
		cities: "111 29 Stockholm|411 06 Göteborg", streets: "Drottninggatan ##|Östra Hamngatan #", phone: "+46 31 390 06##", number: "########"},
	{code: "DE", women: "Käthe Jana Ursula", men: "Jürgen Viktor Sören", families: "Müller-Lüdenscheid Hahn Großmann Weiß Jäger Schröder",
		cities: "10117 Berlin|80331 München", streets: "Friedrichstraße ##|Sendlinger Straße #", phone: "+49 30 23125 ###", number: "@##@####"},
	{code: "FR", women: "Inès Hélène Anaïs", men: "François Loïc Jérôme", families: "Moreau Lefèvre d’Aubigné Garçon Béranger Châtelain",
		cities: "75002 Paris|69001 Lyon", streets: "## rue de la Paix|# quai Saint-Vincent", phone: "+33 6 39 98 ## ##", number: "##@@#####"},
	{code: "HU", women: "Hanna Zsófia Erzsébet", men: "Gergő László Ödön", families: "Kovács Szűcs Tóth Győri Fekete Vörös", familyFirst: true,
		cities: "1051 Budapest|6720 Szeged", streets: "Váci utca ##|Kárász utca #", phone: unassigned, number: "######@@"},
	{code: "TR", women: "Ayşe Çiğdem Işıl", men: "Oğuz İbrahim Çağrı", families: "Yılmaz Şahin Öztürk Çelik Güneş Kılıç",
		cities: "34430 İstanbul|06420 Ankara", streets: "İstiklal Caddesi 1##|Atatürk Bulvarı ##", phone: unassigned, number: "@#######"},
	{code: "GH", women: "Akosua Efua Abena", men: "Kwame Kofi Yaw", families: "Mensah-Boateng Owusu Asante Darko Nkrumah-Addo",
		cities: "GA-107 Accra|AK-039 Kumasi", streets: "## Oxford Street|# Harper Road", phone: unassigned, number: "@#######"},
	{code: "IL", women: "נועה שרה תמר", men: "דוד יוסף איתן", families: "כהן לוי מזרחי פרץ ביטון",
		cities: "6688312 Tel Aviv|9414101 Jerusalem", streets: "## Rothschild Boulevard|# Jaffa Road", phone: unassigned, number: "########"},
	{code: "TH", women: "มาลี สุดา อรุณี", men: "สมชาย ธนา กิตติ", families: "ใจดี ศรีสุข ทองดี บุญมี สุขใจ",
		cities: "10200 Bangkok|50200 Chiang Mai", streets: "## Ratchadamnoen Road|1# Nimman Road", phone: unassigned, number: "@@#######"},
	{code: "GE", women: "ნინო თამარ ქეთევან", men: "გიორგი დავით ლევან", families: "ბერიძე კაპანაძე გელაშვილი ლომიძე მაისურაძე",
		cities: "0108 Tbilisi|6000 Batumi", streets: "## Rustaveli Avenue|# Gorgiladze Street", phone: unassigned, number: "##@@#####"},
	{code: "RO", women: "Ștefania Ioana Mălina Andreea Crina", men: "Răzvan Ionuț Ștefan Bogdan Vlăduț", families: "Țepeș Brâncuși Mureșan Ionescu Lăzărescu Crăciun",
		cities: "010071 București|400001 Cluj-Napoca", streets: "Calea Victoriei ##|Strada Eroilor #", phone: unassigned, number: "########"},
	{code: "IS", women: "Guðrún Sigríður Þórunn", men: "Þór Ragnar Guðmundur", families: "Jónsdóttir/Jónsson Þorláksdóttir/Þorláksson",
		cities: "101 Reykjavík|600 Akureyri", streets: "Laugavegur ##|Hafnarstræti #", phone: unassigned, number: "@#######"},
	{code: "US", women: "Priya Sofia Dolores Abigail Renée", men: "Marcus Ethan Hiroshi Darnell Xavier", families: "Raghunathan Whitfield Nakamura-Ortiz Delacroix Abernathy Castellanos",
		cities: "Austin, TX 78701|Portland, OR 97204", streets: "4## Congress Avenue|1### Burnside Street", phone: "+1 512-555-01##", number: "#########"},
	{code: "GB", women: "Gwenllian Harriet Zainab", men: "Rhys Alasdair Imran", families: "Llywelyn MacAskill Chowdhury Featherstone Okonkwo-Reid",
		cities: "Cardiff CF10 1EP|Leeds LS1 5AT", streets: "## Castle Street|1## Park Row", phone: "+44 7700 900###", number: "#########"},
}

var nationByCode = func() map[string]nation {
	m := map[string]nation{}
	for _, n := range nations {
		m[n.code] = n
	}
	return m
}()

// list splits a list of names; '_' stands for a space within one.
func list(names string) []string {
	words := strings.Fields(names)
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "_", " ")
	}
	return words
}

// familyName picks the form that a woman or a man has.
func familyName(entry, sex string) string {
	hers, his, two := strings.Cut(entry, "/")
	if two && sex == "M" {
		return his
	}
	return hers
}
